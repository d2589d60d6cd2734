import OptimKit

/// The sketch-preconditioned iteration of arXiv 2006.11648 with momentum, which converges at every sketch
/// size:
///
///     z ← z + α P⁻¹(r − N z) + β (z − z₋),   α = (1 − k/s)²,   β = k/s,
///
/// the optimal constants for the spectrum of a random sketch (FOSSILS, arXiv 2406.03468). The error falls by
/// √(k/s) an iteration, ½ at s = 4 k. Unlike conjugate gradients it needs no inner products, hence no
/// synchronisation between machines but for the stopping test.
///
/// Cost and storage: those of `SketchedCGSolver`.
public struct HeavyBallSolver<Sketch: Sketcher>: LinearSolver {
  /// The distribution of the sketch.
  public var sketch: Sketch
  /// Rows of the sketch per column, more than 1; 4 by default.
  public var oversampling: Double
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(_ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.maximumIterations = maximumIterations
  }

  /// "heavy-ball".
  public var name: String { "heavy-ball" }

  /// The distribution of the sketch.
  public var sketcher: (any Sketcher)? { sketch }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try validateOversampling(
      oversampling, minimum: 1.1, remedy: "choose at least 1.1 rows per column; 4 is usual")
    try validateIterationLimit(maximumIterations)
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      sketching: .init(sketcher: sketch, oversampling: oversampling),
      iteration: HeavyBallIteration(maximumIterations: maximumIterations))
  }
}

extension LinearSolver {
  /// The sketch-preconditioned heavy-ball iteration.
  public static func heavyBall<Sketch: Sketcher>(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000
  ) -> Self where Self == HeavyBallSolver<Sketch> {
    Self(sketch, oversampling: oversampling, maximumIterations: maximumIterations)
  }
}

/// Storage: 2 short-side vectors.
private final class HeavyBallIteration<Scalar: RealScalar>: ShortSideIteration {
  private let maximumIterations: Int
  private var residualBuffer: AlignedBuffer<Scalar>?
  private var moveBuffer: AlignedBuffer<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func solve(
    _ system: DampedSystem<Scalar>, preconditioner: SketchPreconditioner<Scalar>?,
    rightHandSide: Span<Scalar>, threshold: Scalar, into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    guard let preconditioner else { preconditionFailure("the workspace preconditions") }
    let count = rightHandSide.count
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    let moveMemory = AlignedBuffer.resize(&moveBuffer, to: count)
    var r = residualMemory.mutableSpan
    var move = moveMemory.mutableSpan
    Scalar.copy(rightHandSide, into: &r)
    Scalar.fill(&move, with: 0)

    let ratio = min(Scalar(count) / Scalar(preconditioner.sketchSize), 1)
    let step = (1 - ratio) * (1 - ratio)
    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: Scalar.norm(r.span))
    var divergence = DivergenceGuard(initial: outcome.residualNorm)
    while outcome.iterations < maximumIterations {
      preconditioner.applyInverse(in: &r)
      Scalar.combine(step, r.span, plus: ratio, into: &move)
      Scalar.add(1, move.span, to: &z)
      outcome.iterations += 1
      outcome.residualNorm = try system.residual(
        of: z.span, rightHandSide: rightHandSide, into: &r)
      if outcome.residualNorm <= threshold {
        outcome.status = .converged
        break
      }
      if try divergence.hasStopped(at: outcome.residualNorm) {
        outcome.status = .stagnated
        break
      }
    }
    return outcome
  }
}

/// Ends a stationary iteration that has reached its floor or grows without bound.
struct DivergenceGuard<Scalar: RealScalar> {
  private let initial: Scalar
  private var smallest: Scalar
  private var iterationsSince = 0

  init(initial: Scalar) {
    self.initial = initial
    smallest = initial
  }

  /// Whether the residual no longer falls.
  ///
  /// - Throws: `OptimKitError` of kind `noConvergence` where it grows without bound.
  mutating func hasStopped(at residual: Scalar) throws -> Bool {
    guard residual.isFinite, residual < 1e8 * initial else {
      throw OptimKitError(
        .noConvergence, cause: "a stationary iteration on a sketched system diverges",
        remedy: "use a larger oversampling, or conjugate gradients, which converge at every size")
    }
    if residual < smallest {
      smallest = residual
      iterationsSince = 0
    } else {
      iterationsSince += 1
    }
    return iterationsSince >= 50
  }
}

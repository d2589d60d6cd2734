import OptimKit

/// The sketch-preconditioned iteration of arXiv 2006.11648 with momentum, which converges at every sketch
/// size:
///
///     z ← z + α P⁻¹(r − N z) + β (z − z₋),   α = (1 − ρ²)², β = ρ²,
///
/// the optimal constants where the eigenvalues of P⁻¹N lie between (1 + ρ)⁻² and (1 − ρ)⁻² (FOSSILS,
/// arXiv 2406.03468). For a random sketch ρ = √(k/s), plus 1/√s for the spread of small sketches; the error
/// falls by ρ an iteration, ½ at s = 4 k. Should it grow, because a sketch turned out worse, the iteration
/// goes on with a larger ρ. Unlike conjugate gradients it needs no inner products, hence no synchronisation
/// between machines but for the stopping test.
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
      preconditioning: SketchPreconditioning(sketch, oversampling: oversampling),
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
    _ system: DampedSystem<Scalar>, preconditioner: (any Preconditioner<Scalar>)?,
    rightHandSide: Span<Scalar>, threshold: Scalar, into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    guard let preconditioner = preconditioner as? any FactoredPreconditioner<Scalar>,
      let sketchSize = preconditioner.report.sketchSize
    else { preconditionFailure("the workspace preconditions with a sketch") }
    let count = rightHandSide.count
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    let moveMemory = AlignedBuffer.resize(&moveBuffer, to: count)
    var r = residualMemory.mutableSpan
    var move = moveMemory.mutableSpan
    Scalar.copy(rightHandSide, into: &r)
    Scalar.fill(&move, with: 0)

    var rate = HeavyBallRate<Scalar>(order: count, sketchSize: sketchSize)
    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: Scalar.norm(r.span))
    while outcome.iterations < maximumIterations {
      preconditioner.applyInverseTransposedFactor(in: &r)
      switch rate.judge(preconditionedNorm: Scalar.norm(r.span)) {
      case .goOn:
        break
      case .slowDown:
        Scalar.fill(&move, with: 0)
      case .startAgain:
        Scalar.fill(&z, with: 0)
        Scalar.fill(&move, with: 0)
        Scalar.copy(rightHandSide, into: &r)
        preconditioner.applyInverseTransposedFactor(in: &r)
      case .giveUp:
        outcome.status = .stagnated
        return outcome
      }
      preconditioner.applyInverseFactor(in: &r)
      Scalar.combine(rate.stepLength, r.span, plus: rate.momentum, into: &move)
      Scalar.add(1, move.span, to: &z)
      outcome.iterations += 1
      outcome.residualNorm = try system.residual(
        of: z.span, rightHandSide: rightHandSide, into: &r)
      if outcome.residualNorm <= threshold {
        outcome.status = .converged
        break
      }
    }
    return outcome
  }
}

/// ρ of a heavy-ball iteration, and when to make it larger.
///
/// The norm that is watched is ‖R⁻ᵀr‖, in which the iteration matrix is symmetric: there the error falls
/// by about ρ an iteration, but for a factor that grows linearly, wherever the assumed spectrum holds.
private struct HeavyBallRate<Scalar: RealScalar> {
  enum Verdict {
    case goOn
    case slowDown
    case startAgain
    case giveUp
  }

  private static var window: Int { 20 }
  private static var largestRate: Scalar { 0.98 }

  private var rate: Scalar
  private var initialNorm: Scalar?
  private var windowNorm = Scalar.infinity
  private var iterationsInWindow = 0

  var stepLength: Scalar { (1 - momentum) * (1 - momentum) }
  var momentum: Scalar { rate * rate }

  init(order: Int, sketchSize: Int) {
    let rows = Scalar(sketchSize)
    let expected = (Scalar(order) / rows).squareRoot() + 1 / rows.squareRoot()
    rate = min(expected, 0.9)
  }

  mutating func judge(preconditionedNorm norm: Scalar) -> Verdict {
    let initial = initialNorm ?? norm
    initialNorm = initial
    iterationsInWindow += 1
    let explodes = !(norm <= 100 * initial)
    guard explodes || iterationsInWindow > Self.window else { return .goOn }
    let stalls = !(norm < windowNorm)
    windowNorm = norm
    iterationsInWindow = 0
    guard explodes || stalls else { return .goOn }
    guard rate < Self.largestRate else { return .giveUp }
    rate = min((1 + rate) / 2, Self.largestRate)
    windowNorm = .infinity
    return norm <= initial ? .slowDown : .startAgain
  }
}

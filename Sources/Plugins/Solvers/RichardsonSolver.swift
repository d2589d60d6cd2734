import OptimKit

/// Algorithm 2 of arXiv 2006.11648 to the letter, the reference mode.
///
/// With S A = Q R̃ and R = R̃⁻¹ it iterates, from zero,
///
///     z ← z − (RᵀNR)ᵀ (RᵀNR z − Rᵀr)   until ‖N R z − r‖ ≤ ε ‖r‖,
///
/// and returns R z: gradient descent with unit step, two products with N an iteration. The step is short
/// enough only if every eigenvalue of RᵀNR is below √2. They reach (1 − √(k/s) − t/√s)⁻², where t = 2 is for the
/// spread of small sketches (Davidson and Szarek 2001), so the sketch needs s > 39.5 (√k + 2)² rows. An
/// `oversampling` below 40 is refused, and where `oversampling` · k is less than 40 (√k + 2)², which is so below
/// k = 287 by default, that many rows are drawn. ``HeavyBallSolver`` and ``SketchedCGSolver`` converge at s = 4 k.
///
/// Cost: the sketch, 2 s k² for QR, and twice the products of conjugate gradients an iteration. Storage:
/// (s + k) k + k² scalars, kept for the next system, and 5 short-side vectors.
public struct RichardsonSolver<Sketch: Sketcher>: SketchingSolver {
  /// The distribution of the sketch; the paper's is ``SRHTSketcher``.
  public var sketch: Sketch
  /// Rows of the sketch per column, at least 40; 50 by default. Narrow systems get more.
  public var oversampling: Double
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(_ sketch: Sketch, oversampling: Double = 50, maximumIterations: Int = 1000) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.maximumIterations = maximumIterations
  }

  /// "richardson".
  public var name: String { "richardson" }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where the oversampling is below 40 or the iteration limit is not positive.
  public func validate() throws {
    try validateOversampling(
      oversampling, minimum: 40,
      remedy: "Algorithm 2 converges from 40 rows per column on; choose the heavy-ball or the "
        + "sketched conjugate-gradient solver for smaller sketches")
    try validateIterationLimit(maximumIterations)
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      preconditioning: RichardsonPreconditioning(sketch: sketch, oversampling: oversampling),
      iteration: RichardsonIteration(maximumIterations: maximumIterations))
  }
}

extension LinearSolver {
  /// Algorithm 2 of arXiv 2006.11648 to the letter.
  public static func richardson<Sketch: Sketcher>(
    _ sketch: Sketch, oversampling: Double = 50, maximumIterations: Int = 1000
  ) -> Self where Self == RichardsonSolver<Sketch> {
    Self(sketch, oversampling: oversampling, maximumIterations: maximumIterations)
  }
}

/// A sketch of at least 40 (√k + 2)² rows, factored by QR.
private struct RichardsonPreconditioning<Sketch: Sketcher>: MemoryReusingStrategy {
  var sketch: Sketch
  var oversampling: Double

  var name: String { "sketch" }

  var sketcher: (any Sketcher)? { sketch }

  func validate() throws { try validateOversampling(oversampling) }

  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    let root = Double(system.shortCount).squareRoot()
    let smallest = 40 * (1 + 2 / root) * (1 + 2 / root)
    return try SketchPreconditioning(
      sketch, oversampling: max(oversampling, smallest), factorization: .qr
    ).makePreconditioner(for: system, key: key, reusing: old.take())
  }
}

/// Storage: 3 short-side vectors.
private final class RichardsonIteration<Scalar: RealScalar>: ShortSideIteration {
  private let maximumIterations: Int
  private var preconditionedBuffer: AlignedBuffer<Scalar>?
  private var residualBuffer: AlignedBuffer<Scalar>?
  private var gradientBuffer: AlignedBuffer<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func solve(
    _ system: DampedSystem<Scalar>, preconditioner: (any Preconditioner<Scalar>)?,
    rightHandSide: Span<Scalar>, threshold: Scalar, into solution: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    guard let preconditioner = preconditioner as? any FactoredPreconditioner<Scalar> else {
      preconditionFailure("the workspace preconditions with a sketch")
    }
    let count = rightHandSide.count
    let preconditionedMemory = AlignedBuffer.resize(&preconditionedBuffer, to: count)
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    let gradientMemory = AlignedBuffer.resize(&gradientBuffer, to: count)
    var z = preconditionedMemory.mutableSpan
    var r = residualMemory.mutableSpan
    var gradient = gradientMemory.mutableSpan
    Scalar.fill(&z, with: 0)
    Scalar.copy(rightHandSide, into: &r)

    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: Scalar.norm(r.span))
    var divergence = DivergenceGuard(initial: outcome.residualNorm)
    while outcome.iterations < maximumIterations {
      // −(RᵀNR z − Rᵀr) = Rᵀ(r − N R z), then (RᵀNR)ᵀ times that.
      preconditioner.applyInverseTransposedFactor(in: &r)
      preconditioner.applyInverseFactor(in: &r)
      try system.applyNormal(r.span, into: &gradient)
      preconditioner.applyInverseTransposedFactor(in: &gradient)
      Scalar.add(1, gradient.span, to: &z)
      outcome.iterations += 1

      Scalar.copy(z.span, into: &solution)
      preconditioner.applyInverseFactor(in: &solution)
      outcome.residualNorm = try system.residual(
        of: solution.span, rightHandSide: rightHandSide, into: &r)
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
private struct DivergenceGuard<Scalar: RealScalar> {
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
        .noConvergence, cause: "Algorithm 2 diverges on a sketched system",
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

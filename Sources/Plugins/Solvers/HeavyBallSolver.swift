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
/// Cost and storage: those of ``SketchedCGSolver``.
public struct HeavyBallSolver<Sketch: Sketcher>: SketchingSolver {
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

  /// True.
  public var supportsSharding: Bool { true }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      preconditioning: SketchPreconditioning(sketch, oversampling: oversampling),
      iteration: MomentumIteration<Scalar, HeavyBallRule<Scalar>>(
        maximumIterations: maximumIterations))
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

/// α = (1 − ρ²)² and β = ρ² at every iteration.
private struct HeavyBallRule<Scalar: RealScalar>: MomentumRule {
  private let coefficients: MomentumCoefficients<Scalar>

  init(rate: Scalar) {
    let momentum = rate * rate
    coefficients = MomentumCoefficients(
      stepLength: (1 - momentum) * (1 - momentum), momentum: momentum)
  }

  func next() -> MomentumCoefficients<Scalar> { coefficients }
}

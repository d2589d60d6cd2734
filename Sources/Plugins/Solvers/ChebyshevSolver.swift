import OptimKit

/// The sketch-preconditioned Chebyshev semi-iteration (Golub and Varga 1961, as in LSRN, arXiv 1109.5981):
///
///     z ← z + αᵢ P⁻¹(r − N z) + βᵢ (z − z₋),
///
/// with the coefficients that make the error polynomial smallest on the interval [(1 + ρ)⁻², (1 − ρ)⁻²] of
/// eigenvalues of P⁻¹N. With θ and δ its midpoint and half its length, t₀ = δ/θ and
/// tᵢ₊₁ = 1 / (2 θ/δ − tᵢ):  α₀ = 1/θ, β₀ = 0, αᵢ = 2 tᵢ/δ, βᵢ = tᵢ tᵢ₋₁.
///
/// For a random sketch ρ = √(k/s), plus 1/√s for the spread of small sketches; the error falls by ρ an
/// iteration, ½ at s = 4 k. The coefficients tend to those of ``HeavyBallSolver``, and in practice both take as
/// many iterations; this one has the better bound for the first few. Like it, the method needs no inner
/// products, hence no synchronisation between machines but for the stopping test. Refinement is built in:
/// the residual is computed afresh at every iteration, and where it stalls, the iteration starts again from
/// what it has, with a larger ρ.
///
/// Cost and storage: those of ``SketchedCGSolver``, less 2 short-side vectors.
public struct ChebyshevSolver<Sketch: Sketcher>: SketchingSolver {
  /// The distribution of the sketch.
  public var sketch: Sketch
  /// Rows of the sketch per column, at least 1.1; 4 by default.
  public var oversampling: Double
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(_ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.maximumIterations = maximumIterations
  }

  /// "chebyshev".
  public var name: String { "chebyshev" }

  /// True.
  public var supportsSharding: Bool { true }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      preconditioning: SketchPreconditioning(sketch, oversampling: oversampling),
      iteration: MomentumIteration<Scalar, ChebyshevRule<Scalar>>(
        maximumIterations: maximumIterations))
  }
}

extension LinearSolver {
  /// The sketch-preconditioned Chebyshev semi-iteration.
  public static func chebyshev<Sketch: Sketcher>(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000
  ) -> Self where Self == ChebyshevSolver<Sketch> {
    Self(sketch, oversampling: oversampling, maximumIterations: maximumIterations)
  }
}

private struct ChebyshevRule<Scalar: RealScalar>: MomentumRule {
  private let middle: Scalar
  private let halfLength: Scalar
  private var ratio: Scalar?

  init(rate: Scalar) {
    let lower = 1 / ((1 + rate) * (1 + rate))
    let upper = 1 / ((1 - rate) * (1 - rate))
    middle = (upper + lower) / 2
    halfLength = (upper - lower) / 2
  }

  mutating func next() -> MomentumCoefficients<Scalar> {
    guard let old = ratio else {
      ratio = halfLength / middle
      return MomentumCoefficients(stepLength: 1 / middle, momentum: 0)
    }
    let new = 1 / (2 * middle / halfLength - old)
    ratio = new
    return MomentumCoefficients(stepLength: 2 * new / halfLength, momentum: new * old)
  }
}

import OptimKit

/// Conjugate gradients on the short-side system, without a preconditioner.
///
/// Cost: one product with J and one with Jᵀ an iteration; about √κ(N) · log(1/η) / 2 iterations. Storage:
/// 6 short-side vectors. Needs nothing but products.
public struct ConjugateGradientSolver: LinearSolver {
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(maximumIterations: Int = 1000) { self.maximumIterations = maximumIterations }

  /// "cg".
  public var name: String { "cg" }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where `maximumIterations` is not positive.
  public func validate() throws { try validateIterationLimit(maximumIterations) }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      iteration: ConjugateGradientIteration(maximumIterations: maximumIterations))
  }
}

extension LinearSolver where Self == ConjugateGradientSolver {
  /// Conjugate gradients without a preconditioner.
  public static func conjugateGradient(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}

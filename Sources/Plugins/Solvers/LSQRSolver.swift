import OptimKit

/// LSQR on the tall matrix itself, without a preconditioner (Paige and Saunders, ACM TOMS 8, 1982).
///
/// Equal to conjugate gradients in exact arithmetic, but as the normal equations are never formed, it reaches
/// errors of u κ(T) where those leave u κ(T)². Damping and center are exact, as additional rows √μ I; in the
/// dual it finds the minimum-norm solution itself, and singular systems are solved by theirs.
///
/// Cost: one product with J and one with Jᵀ an iteration, about κ(T) log(1/η) / 2 iterations. Storage, with
/// l = max(n, p), k = min(n, p), plus k each for l where there is damping: 3 l + 7 k scalars in the primal,
/// 5 l + 5 k in the dual. Needs nothing but products.
public struct LSQRSolver: LinearSolver {
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(maximumIterations: Int = 1000) { self.maximumIterations = maximumIterations }

  /// "lsqr".
  public var name: String { "lsqr" }

  /// Throws where `maximumIterations` is not positive.
  public func validate() throws { try validateIterationLimit(maximumIterations) }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    LeastSquaresWorkspace<Scalar>(
      method: LSQRMethod(), maximumIterations: maximumIterations)
  }
}

extension LinearSolver where Self == LSQRSolver {
  /// LSQR without a preconditioner.
  public static func lsqr(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}

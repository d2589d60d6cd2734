import OptimKit

/// LSMR on the tall matrix itself, without a preconditioner (Fong and Saunders, SIAM J. Sci. Comput. 33, 2011).
///
/// Equal to MINRES on the normal equations in exact arithmetic: ‖Tᵀ(b − T x) − μ(x − c)‖, the residual that
/// the tolerance is about in the primal, falls from iteration to iteration, so that a loose solve may end
/// earlier than with LSQR. The normal equations are never formed, and the condition number is not squared.
///
/// Cost: one product with J and one with Jᵀ an iteration, about κ(T) log(1/η) / 2 iterations. Storage, with
/// l = max(n, p), k = min(n, p), plus k each for l where there is damping: 3 l + 8 k scalars in the primal,
/// 6 l + 4 k in the dual. Needs nothing but products.
public struct LSMRSolver: LinearSolver {
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(maximumIterations: Int = 1000) { self.maximumIterations = maximumIterations }

  /// "lsmr".
  public var name: String { "lsmr" }

  /// Throws where `maximumIterations` is not positive.
  public func validate() throws { try validateIterationLimit(maximumIterations) }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    LeastSquaresWorkspace<Scalar>(
      method: LSMRMethod(), maximumIterations: maximumIterations)
  }
}

extension LinearSolver where Self == LSMRSolver {
  /// LSMR without a preconditioner.
  public static func lsmr(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}

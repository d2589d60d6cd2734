import OptimKit

/// LSMR on the tall matrix itself (Fong and Saunders, SIAM J. Sci. Comput. 33, 2011), with or without a
/// preconditioner.
///
/// Equal to MINRES on the normal equations in exact arithmetic: ‖Tᵀ(b − T x) − μ(x − c)‖, the residual that
/// the tolerance is about in the primal, falls from iteration to iteration, so that a loose solve may end
/// earlier than with LSQR. The normal equations are never formed, and the condition number is not squared.
///
/// A preconditioner P = RᵀR ≈ N has to offer its factor (`FactoredPreconditioner`). In the primal R works from the
/// right, as least squares in y = R x; in the dual from the left, R⁻ᵀ[T, √μ I] w = R⁻ᵀr, which leaves the
/// solutions as they are. The tolerance is about the residual before preconditioning, and the preconditioned one
/// has to fall as much. Iterations follow κ(T R⁻¹) in place of κ(T). A singular system gets the solution of
/// minimum ‖R x‖ in the primal, of minimum norm in the dual. What falls from iteration to iteration is the norm of
/// the residual of normal equations after preconditioning, R⁻ᵀ(N z − r) in the primal.
///
/// Cost: one product with J and one with Jᵀ an iteration, about κ(T) log(1/η) / 2 iterations. Storage, with
/// l = max(n, p), k = min(n, p), plus k each for l where there is damping: 3 l + 8 k scalars in the primal,
/// 6 l + 4 k in the dual. Needs nothing but products. To
/// that come cost, storage and needs of the preconditioner, and a short vector in the primal, 3 in the dual.
public struct LSMRSolver<Strategy: PreconditionerStrategy>: LinearSolver {
  /// How to precondition; the identity by default.
  public var preconditioning: Strategy
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int
  /// How long a preconditioner is kept; adaptive by default.
  public var reuse: PreconditionerReuse

  /// Creates the solver with a preconditioner.
  public init(
    preconditioning: Strategy, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) {
    self.preconditioning = preconditioning
    self.maximumIterations = maximumIterations
    self.reuse = reuse
  }

  /// "lsmr", after the preconditioner's name where there is one, such as "diagonal-lsmr".
  public var name: String {
    preconditioning is IdentityPreconditioning ? "lsmr" : preconditioning.name + "-lsmr"
  }

  /// The sketch that the preconditioner draws, or nil.
  public var sketcher: (any Sketcher)? { preconditioning.sketcher }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try preconditioning.validate()
    try validateIterationLimit(maximumIterations)
    try reuse.validate()
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    LeastSquaresWorkspace<Scalar>(
      preconditioning: preconditioning, reuse: reuse, method: LSMRMethod(),
      maximumIterations: maximumIterations)
  }
}

extension LSMRSolver where Strategy == IdentityPreconditioning {
  /// Creates the solver without a preconditioner.
  public init(maximumIterations: Int = 1000) {
    self.init(preconditioning: IdentityPreconditioning(), maximumIterations: maximumIterations)
  }
}

extension LinearSolver where Self == LSMRSolver<IdentityPreconditioning> {
  /// LSMR without a preconditioner.
  public static func lsmr(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}

extension LinearSolver {
  /// LSMR with a preconditioner, such as `.lsmr(preconditioning: .nystrom())`.
  public static func lsmr<Strategy: PreconditionerStrategy>(
    preconditioning: Strategy, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) -> Self where Self == LSMRSolver<Strategy> {
    Self(preconditioning: preconditioning, maximumIterations: maximumIterations, reuse: reuse)
  }
}

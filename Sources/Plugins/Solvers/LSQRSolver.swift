import OptimKit

/// LSQR on the tall matrix itself (Paige and Saunders, ACM TOMS 8, 1982), with or without a preconditioner.
///
/// Equal to conjugate gradients in exact arithmetic, but as the normal equations are never formed, it reaches
/// errors of u κ(T) where those leave u κ(T)². Damping and center are exact, as additional rows √μ I; in the
/// dual it finds the minimum-norm solution itself, and singular systems are solved by theirs.
///
/// A preconditioner P = RᵀR ≈ N has to offer its factor (`FactoredPreconditioner`). In the primal R works from the
/// right, as least squares in y = R x; in the dual from the left, R⁻ᵀ[T, √μ I] w = R⁻ᵀr, which leaves the
/// solutions as they are. The tolerance is about the residual before preconditioning, and the preconditioned one
/// has to fall as much. Iterations follow κ(T R⁻¹) in place of κ(T). A singular system gets the solution of
/// minimum ‖R x‖ in the primal, of minimum norm in the dual.
///
/// Cost: one product with J and one with Jᵀ an iteration, about κ(T) log(1/η) / 2 iterations. Storage, with
/// l = max(n, p), k = min(n, p), plus k each for l where there is damping: 3 l + 7 k scalars in the primal,
/// 5 l + 5 k in the dual. Needs nothing but products. To
/// that come cost, storage and needs of the preconditioner.
public struct LSQRSolver<Strategy: PreconditionerStrategy>: LinearSolver {
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

  /// "lsqr", after the preconditioner's name where there is one, such as "diagonal-lsqr".
  public var name: String {
    preconditioning is IdentityPreconditioning ? "lsqr" : preconditioning.name + "-lsqr"
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
      preconditioning: preconditioning, reuse: reuse, method: LSQRMethod(),
      maximumIterations: maximumIterations)
  }
}

extension LSQRSolver where Strategy == IdentityPreconditioning {
  /// Creates the solver without a preconditioner.
  public init(maximumIterations: Int = 1000) {
    self.init(preconditioning: IdentityPreconditioning(), maximumIterations: maximumIterations)
  }
}

extension LinearSolver where Self == LSQRSolver<IdentityPreconditioning> {
  /// LSQR without a preconditioner.
  public static func lsqr(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}

extension LinearSolver {
  /// LSQR with a preconditioner, such as `.lsqr(preconditioning: .nystrom())`.
  public static func lsqr<Strategy: PreconditionerStrategy>(
    preconditioning: Strategy, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) -> Self where Self == LSQRSolver<Strategy> {
    Self(preconditioning: preconditioning, maximumIterations: maximumIterations, reuse: reuse)
  }
}

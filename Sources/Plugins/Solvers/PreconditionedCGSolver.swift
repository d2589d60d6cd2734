import OptimKit

/// Conjugate gradients with any preconditioner.
///
/// Cost: the preconditioner's, and one product with J and one with Jᵀ an iteration; about
/// √κ(P⁻¹N) · log(2/η) / 2 iterations. Storage: that of the preconditioner and 6 short-side vectors, one more
/// after a reused preconditioner failed.
public struct PreconditionedCGSolver<Strategy: PreconditionerStrategy>: LinearSolver {
  /// How to precondition.
  public var preconditioning: Strategy
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int
  /// How long a preconditioner is kept; adaptive by default.
  public var reuse: PreconditionerReuse

  /// Creates the solver.
  public init(
    _ preconditioning: Strategy, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) {
    self.preconditioning = preconditioning
    self.maximumIterations = maximumIterations
    self.reuse = reuse
  }

  /// The preconditioner's name with "-cg", such as "nystrom-cg".
  public var name: String { preconditioning.name + "-cg" }

  /// The sketch that the preconditioner draws, or nil.
  public var sketcher: (any Sketcher)? { preconditioning.sketcher }

  /// True.
  public var supportsSharding: Bool { true }

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
    IterativeWorkspace<Scalar>(
      preconditioning: preconditioning, reuse: reuse,
      iteration: ConjugateGradientIteration(maximumIterations: maximumIterations))
  }
}

extension LinearSolver {
  /// Conjugate gradients with a preconditioner, such as `.preconditionedCG(.nystrom())`.
  public static func preconditionedCG<Strategy: PreconditionerStrategy>(
    _ preconditioning: Strategy, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) -> Self where Self == PreconditionedCGSolver<Strategy> {
    Self(preconditioning, maximumIterations: maximumIterations, reuse: reuse)
  }
}

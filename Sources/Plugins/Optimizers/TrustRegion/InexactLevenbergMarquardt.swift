import OptimKit

/// The Levenberg-Marquardt method over any linear solver, iterative and sketched ones included: for problems that are too
/// large for dense factorizations of the Jacobian.
///
/// A step minimises ½‖T δ + ρ‖² + (λ/2)‖θ + δ‖² + (μ/2)‖δ‖² as accurately as the inner tolerance says; μ follows Nielsen's
/// rule, from what the loss and the model without μ do along the step as it was solved for. Where a solver fails, as at a
/// singular system, μ grows as after a step that leads up. Damping is the same for all parameters: scale them to similar
/// sizes, or choose `SteihaugTrustRegion` with a preconditioner, or `LevenbergMarquardt` for small problems.
///
/// Cost per iteration: a linearization and a gradient, and for each trial a linear solve, a product with J and an
/// evaluation. Storage: 6 vectors of p scalars, one of n, and that of the solver.
///
/// Sources: Nielsen, Damping parameter in Marquardt's method, 1999; Wright and Holt, An inexact Levenberg-Marquardt method
/// for large sparse nonlinear least squares, 1985.
public struct InexactLevenbergMarquardt<Solver: LinearSolver>: Optimizer {
  /// Solves the linear system of each trial.
  public var solver: Solver
  /// The first μ relative to the curvature ‖Tg‖²/‖g‖² along the gradient; 1e-3 by default.
  public var initialFactor: Double
  /// How accurately to solve, for iterative solvers; adaptive by default.
  public var innerTolerance: InnerTolerance

  /// Creates the optimizer.
  public init(
    solver: Solver, initialFactor: Double = 1e-3, innerTolerance: InnerTolerance = .adaptive
  ) {
    self.solver = solver
    self.initialFactor = initialFactor
    self.innerTolerance = innerTolerance
  }

  /// "inexact Levenberg-Marquardt".
  public var name: String { "inexact Levenberg-Marquardt" }

  /// Solver, sketch and damping.
  public var details: String {
    "\(solver.name) solver\(solver.sketcher.map { ", \($0.name) sketch" } ?? ""), damping of Nielsen"
  }

  /// Those of the solver and its tolerance.
  public var settings: [RunSetting.Name: String] {
    solver.settings.merging([.innerTolerance: innerTolerance.words]) { $1 }
  }

  /// Where the solver does.
  public var supportsSharding: Bool { solver.supportsSharding }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(initialFactor, "initial factor")
    try innerTolerance.validate()
    try solver.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try InexactLevenbergMarquardtStepper(
      objective, parameters, initialFactor: initialFactor, innerTolerance: innerTolerance,
      workspace: solver.makeWorkspace(for: Scalar.self), key: key)
  }
}

extension Optimizer {
  /// The Levenberg-Marquardt method over any linear solver.
  public static func levenbergMarquardt<Solver: LinearSolver>(
    solver: Solver, initialFactor: Double = 1e-3, innerTolerance: InnerTolerance = .adaptive
  ) -> Self where Self == InexactLevenbergMarquardt<Solver> {
    Self(solver: solver, initialFactor: initialFactor, innerTolerance: innerTolerance)
  }
}

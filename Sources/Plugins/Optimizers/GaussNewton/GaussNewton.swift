import OptimKit

/// The (generalised) Gauss-Newton method: each step minimises the objective's local quadratic model
///
///     ½‖T δ + ρ‖² + (λ/2)‖θ + δ‖² + (damping/2)‖δ‖²
///
/// with T = CᵀJ and ρ the whitened residual. With full steps, no damping and a sketched solver on a two-layer
/// ReLU network it is Algorithm 1 of arXiv 2006.11648; with the exact solver, the Gram-Gauss-Newton method
/// of CGH+19 (arXiv 1905.11675).
///
/// Cost per iteration: one linearization, one linear solve, and with backtracking one product with J and one
/// linearization per further trial. Storage: 3 vectors of p scalars, one more where the solver keeps a
/// preconditioner, and that of the solver.
public struct GaussNewton<Solver: LinearSolver>: Optimizer {
  /// Solves the linear system of each step.
  public var solver: Solver
  /// Added to the ridge in each system but not to the objective, not negative; 0 by default.
  public var damping: Double
  /// How far to go along each direction; full steps by default.
  public var stepControl: StepControl
  /// How accurately to solve, for iterative solvers; adaptive by default.
  public var innerTolerance: InnerTolerance
  /// What the first systems of a run are solved with; the solver by default.
  public var hessianStart: HessianStart

  /// Creates the optimizer.
  public init(
    solver: Solver, damping: Double = 0, stepControl: StepControl = .full,
    innerTolerance: InnerTolerance = .adaptive, hessianStart: HessianStart = .full
  ) {
    self.solver = solver
    self.damping = damping
    self.stepControl = stepControl
    self.innerTolerance = innerTolerance
    self.hessianStart = hessianStart
  }

  /// "Gauss-Newton".
  public var name: String { "Gauss-Newton" }

  /// Solver, sketch, damping and step control.
  public var details: String {
    var parts = ["\(solver.name) solver"]
    if let sketcher = solver.sketcher { parts.append("\(sketcher.name) sketch") }
    if damping > 0 { parts.append("damping \(damping)") }
    parts.append(stepControl == .full ? "full steps" : "backtracking")
    return parts.joined(separator: ", ")
  }

  /// Those of the solver, its tolerance and step control.
  public var settings: [RunSetting.Name: String] {
    solver.settings.merging([
      .innerTolerance: innerTolerance.words,
      .stepLength: stepControl == .full ? "full steps" : "backtracking",
    ]) { $1 }
  }

  /// Where the solver does.
  public var supportsSharding: Bool { solver.supportsSharding }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requireNotNegative(damping, "damping")
    try stepControl.validate()
    try innerTolerance.validate()
    try hessianStart.validate()
    try solver.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try GaussNewtonStepper(
      objective: objective, parameters: parameters, key: key, damping: Scalar(damping),
      stepControl: stepControl, innerTolerance: innerTolerance,
      rowsPerParameter: hessianStart.rowsPerParameter(of: solver, for: objective),
      workspace: solver.makeWorkspace(for: Scalar.self))
  }
}

extension Optimizer {
  /// Newton's method with a line search, for convex losses of linear models: Gauss-Newton, whose matrix is the Hessian
  /// there.
  ///
  /// `.newton(solver: .exact)` factors each Hessian, `.newton(solver: .sketchedCG(.sparseSign()))` is a Newton sketch
  /// whose systems are solved to tolerances that keep convergence quadratic, and a sketcher that samples rows makes
  /// that a subsampled Hessian. With the automatic solver, the first systems of large problems with many more samples
  /// than parameters are solved with the Hessian of a sample (``HessianStart``).
  public static func newton<Solver: LinearSolver>(
    solver: Solver, damping: Double = 0, stepControl: StepControl = .backtracking,
    innerTolerance: InnerTolerance = .adaptive, hessianStart: HessianStart = .automatic
  ) -> Self where Self == GaussNewton<Solver> {
    Self(
      solver: solver, damping: damping, stepControl: stepControl, innerTolerance: innerTolerance,
      hessianStart: hessianStart)
  }

  /// The Gauss-Newton method.
  public static func gaussNewton<Solver: LinearSolver>(
    solver: Solver, damping: Double = 0, stepControl: StepControl = .full,
    innerTolerance: InnerTolerance = .adaptive
  ) -> Self where Self == GaussNewton<Solver> {
    Self(
      solver: solver, damping: damping, stepControl: stepControl, innerTolerance: innerTolerance)
  }
}

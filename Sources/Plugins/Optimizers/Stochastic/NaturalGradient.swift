import OptimKit

/// Natural gradient descent with a step η and a damping μ, on all samples or on batches:
///
///     θ ← θ − η (JᵀCCᵀJ + (λ + μ) I)⁻¹ ∇F,
///
/// for the squared loss η Jᵀ(JJᵀ + μI)⁻¹(f − y): the Gauss-Newton step, shortened. The Fisher matrix of the outputs
/// as means of exponential families with canonical links is CCᵀ.
///
/// On all samples it is the method of ZMG19 (arXiv 1905.10961): on wide networks ‖f − y‖² falls by 1 − η a step. On
/// batches it is the mini-batch Gram-Gauss-Newton method of CGH+19 (arXiv 1905.11675), and with η = 1 and μ = 0 fits
/// each batch in turn. The damping is added to the estimate of the curvature of all n samples: α, added to the Gram
/// matrix of b samples as there, is μ b/n.
///
/// With momentum β it is SPRING (arXiv 2401.10190): the solution φ of each batch is the one closest to β times that of
/// the batch before, ½‖T φ + ρ‖² + (μ/2)‖φ − βφ'‖², a regularized Kaczmarz method with memory, which can diverge at
/// β = 1 (arXiv 2508.21022).
///
/// A step of the run is an epoch by default: all samples once, in an order drawn from the seed; without batches, one
/// step. After it the loss is evaluated on all samples. Preconditioners are kept within a step of the run at most.
///
/// Cost per batch: one linearization and one linear solve of b outputs; per step of the run, an evaluation of all
/// samples. Storage: 6 vectors of p scalars, and that of the solver.
public struct NaturalGradient<Solver: LinearSolver>: Optimizer {
  /// Solves the linear system of each batch.
  public var solver: Solver
  /// η; 1 by default.
  public var step: Double
  /// μ ≥ 0; 0 by default.
  public var damping: Double
  /// β of SPRING, at least 0 and less than 1; 0 by default.
  public var momentum: Double
  /// The largest number of samples in a batch; nil, the default, for all of them. Others than nil need a model that is
  /// `Restrictable`.
  public var batchSize: Int?
  /// How η shrinks; it stays the same by default.
  public var schedule: StepSchedule
  /// The relative residual that iterative solvers leave; 0.01 by default.
  public var innerTolerance: Double
  /// What a step of the run is; an epoch by default.
  public var stepsAre: StepUnit

  /// Creates the optimizer.
  public init(
    solver: Solver, step: Double = 1, damping: Double = 0, momentum: Double = 0,
    batchSize: Int? = nil, schedule: StepSchedule = .constant, innerTolerance: Double = 0.01,
    stepsAre: StepUnit = .epochs
  ) {
    self.solver = solver
    self.step = step
    self.damping = damping
    self.momentum = momentum
    self.batchSize = batchSize
    self.schedule = schedule
    self.innerTolerance = innerTolerance
    self.stepsAre = stepsAre
  }

  /// "natural gradient", "Gram-Gauss-Newton" on batches, or "SPRING" with momentum.
  public var name: String {
    if momentum > 0 { return "SPRING" }
    return batchSize == nil ? "natural gradient" : "Gram-Gauss-Newton"
  }

  /// Solver, step, damping and batches.
  public var details: String {
    var parts = ["\(solver.name) solver"]
    if let sketcher = solver.sketcher { parts.append("\(sketcher.name) sketch") }
    parts.append("step \(step)")
    if damping > 0 { parts.append("damping \(damping)") }
    if momentum > 0 { parts.append("momentum \(momentum)") }
    parts += [BatchPlan.describe(size: batchSize), schedule.details]
    return parts.joined(separator: ", ")
  }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(step, "step")
    try requireNotNegative(damping, "damping")
    try requireFraction(momentum, "momentum")
    if let batchSize { try requirePositive(batchSize, "batch size") }
    try schedule.validate()
    try InnerTolerance.fixed(innerTolerance).validate()
    try solver.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` of kind `missingCapability` where batches are
  ///   asked for and the model is not `Restrictable`.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try StochasticStepper(
      objective, parameters, rule: NaturalGradientRule(self, parameters.count, key),
      batchSize: batchSize, unit: stepsAre, key: key)
  }
}

extension Optimizer {
  /// Natural gradient descent on all samples, with step and damping as in ZMG19.
  public static func naturalGradient<Solver: LinearSolver>(
    solver: Solver, step: Double = 1, damping: Double = 0, schedule: StepSchedule = .constant
  ) -> Self where Self == NaturalGradient<Solver> {
    Self(solver: solver, step: step, damping: damping, schedule: schedule)
  }

  /// Mini-batch Gram-Gauss-Newton as in CGH+19.
  public static func gramGaussNewton<Solver: LinearSolver>(
    solver: Solver, batchSize: Int = 32, step: Double = 1, damping: Double = 0,
    schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) -> Self where Self == NaturalGradient<Solver> {
    Self(
      solver: solver, step: step, damping: damping, batchSize: batchSize, schedule: schedule,
      stepsAre: stepsAre)
  }

  /// SPRING (arXiv 2401.10190): natural gradient descent on batches with momentum.
  public static func spring<Solver: LinearSolver>(
    solver: Solver, batchSize: Int? = 32, step: Double, damping: Double = 1e-3,
    momentum: Double = 0.99, schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) -> Self where Self == NaturalGradient<Solver> {
    Self(
      solver: solver, step: step, damping: damping, momentum: momentum, batchSize: batchSize,
      schedule: schedule, stepsAre: stepsAre)
  }
}

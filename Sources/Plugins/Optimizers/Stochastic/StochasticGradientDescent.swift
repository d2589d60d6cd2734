import OptimKit

/// Stochastic gradient descent with momentum: on each batch, with the mean gradient g of its samples,
///
///     v ← m v + g,   θ ← θ − η v     or, with Nesterov momentum,   θ ← θ − η (g + m v).
///
/// The step η is for the mean loss F/n, so that it does not depend on the number of samples n: η = 1/β is safe for
/// sample losses that are β-smooth. With a constant step the loss falls linearly at first and then stalls at a
/// level proportional to η, unless all samples can be fitted exactly; a schedule lets it go on.
///
/// A step of the run is an epoch by default: all samples once, in an order drawn from the seed. After it the loss is
/// evaluated on all samples.
///
/// Cost per epoch: a linearization and a product with Jᵀ on each batch, and an evaluation of all samples. Batches of a
/// model are restrictions of it, b samples copied at a time. Storage: 7 vectors of p scalars.
///
/// Source: Robbins and Monro, Annals of Mathematical Statistics 22 (1951); Polyak, USSR Computational Mathematics and
/// Mathematical Physics 4 (1964); Sutskever et al., ICML (2013).
public struct StochasticGradientDescent: Optimizer {
  /// η; 0.01 by default.
  public var step: Double
  /// The largest number of samples in a batch; nil for all of them; 32 by default. Others than nil need a model that
  /// is `Restrictable`.
  public var batchSize: Int?
  /// m, at least 0 and less than 1; 0 by default, usually 0.9.
  public var momentum: Double
  /// Whether the momentum is Nesterov's; false by default.
  public var isNesterov: Bool
  /// How η shrinks; it stays the same by default.
  public var schedule: StepSchedule
  /// What a step of the run is; an epoch by default.
  public var stepsAre: StepUnit

  /// Creates the optimizer.
  public init(
    step: Double = 0.01, batchSize: Int? = 32, momentum: Double = 0, isNesterov: Bool = false,
    schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) {
    self.step = step
    self.batchSize = batchSize
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.schedule = schedule
    self.stepsAre = stepsAre
  }

  /// "SGD".
  public var name: String { "SGD" }

  /// Step, batches, momentum and schedule.
  public var details: String {
    var parts = ["step \(step)", BatchPlan.describe(size: batchSize)]
    if momentum > 0 { parts.append("\(isNesterov ? "Nesterov " : "")momentum \(momentum)") }
    parts.append(schedule.details)
    return parts.joined(separator: ", ")
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(step, "step")
    if let batchSize { try requirePositive(batchSize, "batch size") }
    try requireFraction(momentum, "momentum")
    try schedule.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What evaluating the objective throws; `OptimKitError` of kind `missingCapability` where batches are
  ///   asked for and the model is not `Restrictable`.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try StochasticStepper(
      objective, parameters, rule: StochasticGradientRule(self, parameters.count),
      batchSize: batchSize,
      unit: stepsAre, key: key)
  }
}

extension Optimizer where Self == StochasticGradientDescent {
  /// Stochastic gradient descent.
  public static func stochasticGradientDescent(
    step: Double = 0.01, batchSize: Int? = 32, momentum: Double = 0, isNesterov: Bool = false,
    schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) -> Self {
    Self(
      step: step, batchSize: batchSize, momentum: momentum, isNesterov: isNesterov,
      schedule: schedule, stepsAre: stepsAre)
  }
}

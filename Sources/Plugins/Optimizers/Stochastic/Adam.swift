import OptimKit

/// Adam: steps scaled element by element with running means of the gradient and of its square,
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   θ ← θ − η m̂ / (√v̂ + ε) − η w θ,
///
/// for the mean gradient g of a batch, where m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) correct for the start at zero. A
/// weight decay w > 0 makes it AdamW: it is not part of the gradient, hence not scaled.
///
/// Each element moves by about η, whatever the scale of the loss, so that the loss stalls at a level that depends on
/// η; a schedule lets it go on. Convergence is not guaranteed even for convex objectives (Reddi et al., 2018).
///
/// Cost per epoch: a linearization and a product with Jᵀ on each batch, and an evaluation of all samples. Storage: 8
/// vectors of p scalars.
///
/// Source: Kingma and Ba, ICLR (2015), with its defaults; Loshchilov and Hutter, ICLR (2019).
public struct Adam: Optimizer {
  /// η; 0.001 by default.
  public var step: Double
  /// The largest number of samples in a batch; nil for all of them; 32 by default. Others than nil need a model that
  /// is `Restrictable`.
  public var batchSize: Int?
  /// β₁; 0.9 by default.
  public var firstDecay: Double
  /// β₂; 0.999 by default.
  public var secondDecay: Double
  /// ε, of the scale of gradients of the mean loss; 1e-8 by default.
  public var epsilon: Double
  /// w ≥ 0; 0 by default.
  public var weightDecay: Double
  /// How η shrinks; it stays the same by default.
  public var schedule: StepSchedule
  /// What a step of the run is; an epoch by default.
  public var stepsAre: StepUnit

  /// Creates the optimizer.
  public init(
    step: Double = 0.001, batchSize: Int? = 32, firstDecay: Double = 0.9,
    secondDecay: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) {
    self.step = step
    self.batchSize = batchSize
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.schedule = schedule
    self.stepsAre = stepsAre
  }

  /// "Adam", or "AdamW" where weights decay.
  public var name: String { weightDecay > 0 ? "AdamW" : "Adam" }

  /// Step, batches, weight decay and schedule.
  public var details: String {
    var parts = ["step \(step)", BatchPlan.describe(size: batchSize)]
    if weightDecay > 0 { parts.append("weight decay \(weightDecay)") }
    parts.append(schedule.details)
    return parts.joined(separator: ", ")
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(step, "step")
    if let batchSize { try requirePositive(batchSize, "batch size") }
    try requireFraction(firstDecay, "decay of the first moment")
    try requireFraction(secondDecay, "decay of the second moment")
    try requirePositive(epsilon, "constant ε")
    try requireNotNegative(weightDecay, "weight decay")
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
      objective, parameters, rule: AdamRule(self, parameters.count), batchSize: batchSize,
      unit: stepsAre, key: key)
  }
}

extension Optimizer where Self == Adam {
  /// Adam with its usual constants; AdamW with a weight decay.
  public static func adam(
    step: Double = 0.001, batchSize: Int? = 32, weightDecay: Double = 0,
    schedule: StepSchedule = .constant, stepsAre: StepUnit = .epochs
  ) -> Self {
    Self(
      step: step, batchSize: batchSize, weightDecay: weightDecay, schedule: schedule,
      stepsAre: stepsAre)
  }
}

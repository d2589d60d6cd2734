import OptimKit

/// Stochastic variance-reduced gradients: on each batch S,
///
///     θ ← θ − η (∇F_S(θ) − ∇F_S(θ̃) + ∇F(θ̃)) / n
///
/// with the gradient of all samples at a snapshot θ̃, taken at the beginning of each step of the run. As θ and θ̃
/// approach the minimum the noise of the batches vanishes, so that a constant η leads to the minimum, and linearly
/// on strongly convex objectives; no table of gradients is kept, unlike in SAGA.
///
/// The step η is for the mean loss F/n: with sample losses that are β-smooth, η up to about 1/4β is safe with single
/// samples, and up to 1/β with large batches.
///
/// Cost per step of the run: a linearization and a product with Jᵀ on all samples, and two of each on every
/// batch. Storage: 9 vectors of p scalars.
///
/// Source: Johnson and Zhang, NeurIPS (2013); batches are drawn without replacement here, which their theorem does not
/// cover.
public struct SVRG: Optimizer {
  /// η.
  public var step: Double
  /// The largest number of samples in a batch; 32 by default.
  public var batchSize: Int
  /// How many times all samples are gone through between snapshots; 2 by default.
  public var epochsPerSnapshot: Int

  /// Creates the optimizer.
  public init(step: Double, batchSize: Int = 32, epochsPerSnapshot: Int = 2) {
    self.step = step
    self.batchSize = batchSize
    self.epochsPerSnapshot = epochsPerSnapshot
  }

  /// "SVRG".
  public var name: String { "SVRG" }

  /// Step and batches.
  public var details: String {
    "step \(step), \(BatchPlan.describe(size: batchSize)), \(epochsPerSnapshot) epochs a snapshot"
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(step, "step")
    try requirePositive(batchSize, "batch size")
    try requirePositive(epochsPerSnapshot, "number of epochs per snapshot")
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` of kind `missingCapability` where the model is
  ///   not `Restrictable`.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try StochasticStepper(
      objective, parameters, rule: VarianceReductionRule(step, parameters.count),
      batchSize: batchSize, epochsPerStep: epochsPerSnapshot, key: key)
  }
}

extension Optimizer where Self == SVRG {
  /// Stochastic variance-reduced gradients.
  public static func svrg(step: Double, batchSize: Int = 32, epochsPerSnapshot: Int = 2) -> Self {
    Self(step: step, batchSize: batchSize, epochsPerSnapshot: epochsPerSnapshot)
  }
}

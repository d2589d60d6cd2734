/// What is known about a run before its first step.
public struct RunDescription: Hashable, Sendable, Codable {
  /// The optimizer's name.
  public let optimizer: String
  /// What the optimizer is made of.
  public let details: String
  /// "float32" or "float64".
  public let scalar: String
  /// The number of parameters p.
  public let parameterCount: Int
  /// The number of rows n of the Jacobian.
  public let outputCount: Int
  /// When the run ends.
  public let stopping: [StoppingCriterion]
  /// The seed of all randomness in the run.
  public let seed: UInt64

  /// Creates a description.
  public init(
    optimizer: String, details: String, scalar: String, parameterCount: Int, outputCount: Int,
    stopping: [StoppingCriterion], seed: UInt64
  ) {
    self.optimizer = optimizer
    self.details = details
    self.scalar = scalar
    self.parameterCount = parameterCount
    self.outputCount = outputCount
    self.stopping = stopping
    self.seed = seed
  }
}

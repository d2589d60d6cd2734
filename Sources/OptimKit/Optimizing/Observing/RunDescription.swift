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
  /// What the caller set and the run has a say in.
  public let settings: [RunSetting.Name: String]

  /// Creates a description.
  public init(
    optimizer: String, details: String, scalar: String, parameterCount: Int, outputCount: Int,
    stopping: [StoppingCriterion], seed: UInt64, settings: [RunSetting.Name: String] = [:]
  ) {
    self.optimizer = optimizer
    self.details = details
    self.scalar = scalar
    self.parameterCount = parameterCount
    self.outputCount = outputCount
    self.stopping = stopping
    self.seed = seed
    self.settings = settings
  }

  /// Reads a description; those of earlier versions tell of no settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      optimizer: try container.decode(String.self, forKey: .optimizer),
      details: try container.decode(String.self, forKey: .details),
      scalar: try container.decode(String.self, forKey: .scalar),
      parameterCount: try container.decode(Int.self, forKey: .parameterCount),
      outputCount: try container.decode(Int.self, forKey: .outputCount),
      stopping: try container.decode([StoppingCriterion].self, forKey: .stopping),
      seed: try container.decode(UInt64.self, forKey: .seed),
      settings: try container.decodeIfPresent(
        [RunSetting.Name: String].self, forKey: .settings) ?? [:])
  }
}

/// What the ranks of a run told each other.
public struct RunCommunication: Hashable, Sendable, Codable {
  /// What was held in parts.
  public let side: Sharding.Side
  /// The number of ranks.
  public let rankCount: Int
  /// Sums, bytes and seconds of this rank by purpose; seconds contain waiting for slower ranks.
  public let counts: [CommunicationKind: CommunicationCount]

  /// All of them together.
  public var total: CommunicationCount { counts.values.reduce(CommunicationCount(), +) }

  init(of sharding: Sharding, since before: [CommunicationKind: CommunicationCount]) {
    side = sharding.side
    rankCount = sharding.reduction.rankCount
    counts = sharding.communication.reduce(into: [:]) { counts, entry in
      counts[entry.key] = entry.value - (before[entry.key] ?? CommunicationCount())
    }
  }
}

extension Sharding {
  /// Throws on all ranks where they were given another optimizer, criterion, seed or start, or compute with other kernels:
  /// what every rank does by itself has to come out the same.
  func requireSameRun<Scalar: RealScalar>(
    of optimizer: some Optimizer, stopping: [StoppingCriterion], seed: UInt64, initial: [Scalar]
  ) throws {
    try reduction.requireSame(
      "\((try? Checkpoint.code(of: optimizer)) ?? optimizer.name)", "the optimizer")
    try reduction.requireSame("\(stopping)", "the stopping criteria")
    try reduction.requireSame("\(seed)", "the seed")
    let environment = ComputeEnvironment.current
    try reduction.requireSame(
      "\(environment.library), kernel \(environment.kernel), \(environment.kernelLevel.name), "
        + "\(environment.threads) threads", "library, kernel or number of threads")
    if side == .samples {
      try reduction.requireSame(
        "checksum \(CRC32.checksum(ofElements: initial))", "the start")
    }
  }
}

/// Products and norms of whole vectors, of which each rank may hold a part.
extension CountedObjective {
  /// How the objective is held in parts; nil where it is whole.
  public var sharding: Sharding? { base.sharding }

  /// The number of parameters over all ranks.
  public var wholeParameterCount: Int {
    sharding.flatMap { $0.side == .parameters ? $0.elementCount : nil } ?? parameterCount
  }

  /// The number of outputs over all ranks.
  public var wholeOutputCount: Int {
    sharding.flatMap { $0.side == .samples ? $0.elementCount : nil } ?? outputCount
  }

  /// Whether the short side of systems is that of the outputs.
  public var isDual: Bool {
    sharding.map { $0.side == .parameters } ?? (outputCount <= parameterCount)
  }

  private var shardedParameters: Sharding? { sharding?.side == .parameters ? sharding : nil }

  private var shardedOutputs: Sharding? { sharding?.side == .samples ? sharding : nil }

  /// xᵀy of two vectors of parameters.
  ///
  /// - Throws: `CancellationError`, and what a sum over ranks throws.
  public func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) throws -> Scalar {
    try completed(Scalar.dot(x, y), shardedParameters)
  }

  /// ‖x‖ of a vector of parameters.
  ///
  /// - Throws: `CancellationError`, and what a sum over ranks throws.
  public func norm(_ x: Span<Scalar>) throws -> Scalar {
    let norm = Scalar.norm(x)
    guard let shardedParameters else { return norm }
    return try completed(norm * norm, shardedParameters).squareRoot()
  }

  /// xᵀy of two vectors of outputs.
  ///
  /// - Throws: `CancellationError`, and what a sum over ranks throws.
  public func outputDot(_ x: Span<Scalar>, _ y: Span<Scalar>) throws -> Scalar {
    try completed(Scalar.dot(x, y), shardedOutputs)
  }

  /// ‖x‖ of a vector of outputs.
  ///
  /// - Throws: `CancellationError`, and what a sum over ranks throws.
  public func outputNorm(_ x: Span<Scalar>) throws -> Scalar {
    let norm = Scalar.norm(x)
    guard let shardedOutputs else { return norm }
    return try completed(norm * norm, shardedOutputs).squareRoot()
  }

  /// The largest of what the ranks found among their outputs.
  ///
  /// - Throws: `CancellationError`, and what a sum over ranks throws.
  public func largest(ofOutputs value: Scalar) throws -> Scalar {
    guard let shardedOutputs else { return value }
    return Scalar(try shardedOutputs.reduction.gather(Double(value)).max() ?? 0)
  }

  private func completed(_ value: Scalar, _ sharding: Sharding?) throws -> Scalar {
    guard let sharding else { return value }
    var values = [value]
    var span = values.mutableSpan
    try ledger.complete(&span, sharding, .scalars)
    return values[0]
  }

  /// Throws where parameters are held in parts.
  func requireWholeParameters(for method: String) throws {
    guard shardedParameters != nil else { return }
    throw OptimKitError(
      .missingCapability, cause: "\(method), of an objective whose parameters ranks hold in parts",
      remedy: "shard its samples, or use one rank")
  }
}

/// A model of which each rank holds a part: its samples, with all parameters, or its parameters, with all samples.
///
///     let sharding = try Sharding(.samples, of: 1_000_000, reduction: reduction)
///     let part = try LinearModel(features: rows(sharding.range))
///     let objective = try EmpiricalRisk(
///       model: ShardedModel(part, sharding), loss: LogisticLoss(), targets: targets(sharding.range), ridge: 1)
///     let result = try minimize(objective, from: part.initialParameters, using: .newton(solver: .exact))
///
/// All ranks run the same program. Where parameters are held in parts, initial and resulting parameters are those of the
/// rank. A rank without samples passes a model of one sample, any, and its target: it has no weight.
///
/// Losses, targets and weights go into `EmpiricalRisk` as always: those of the samples that the rank holds.
public struct ShardedModel<Base: Model>: Model {
  /// The scalar type.
  public typealias Scalar = Base.Scalar

  /// The part that this rank holds.
  public let base: Base
  /// How the whole is cut; never nil.
  public let sharding: Sharding?

  /// Takes a part in.
  ///
  /// - Parameters:
  ///   - base: A model on the samples of `sharding.range`, or a model of those parameters whose outputs, added up over
  ///     the ranks, are those of the whole.
  ///   - sharding: How the whole is cut.
  /// - Throws: `OptimKitError` where the part has another size.
  public init(_ base: Base, _ sharding: Sharding) throws {
    let count: Int
    let name: String
    switch sharding.side {
    case .samples:
      (count, name) = (base.outputCount, "outputs")
    case .parameters:
      (count, name) = (base.parameterCount, "parameters")
      guard !sharding.range.isEmpty else {
        throw OptimKitError(
          .invalidArgument,
          cause: "rank \(sharding.reduction.rank) would hold none of "
            + "\(sharding.wholeCount) groups of parameters",
          remedy: "use no more ranks than there are neurons")
      }
      guard base.unregularizedParameters.isEmpty else {
        throw OptimKitError(
          .missingCapability,
          cause: "parameters that a ridge leaves out, in a model whose "
            + "parameters are held in parts", remedy: "shard its samples, or leave intercepts out")
      }
    }
    // A rank without samples stands for one without weight.
    let expected = max(sharding.range.count, 1) * sharding.unitLength
    guard count == expected else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "rank \(sharding.reduction.rank) holds a model of \(count) \(name), and is to hold "
          + "\(expected)", remedy: "make it of the samples or parameters of its range")
    }
    self.base = base
    self.sharding = sharding
  }

  private init(unchecked base: Base, _ sharding: Sharding) {
    self.base = base
    self.sharding = sharding
  }

  /// The number of parameters that this rank holds.
  public var parameterCount: Int { base.parameterCount }
  /// The number of outputs of the samples that this rank holds.
  public var outputCount: Int { base.outputCount }
  /// The number of outputs of each sample.
  public var outputsPerSample: Int { base.outputsPerSample }
  /// Those of the part.
  public var unregularizedParameters: [Int] { base.unregularizedParameters }

  /// outputs ← f(θ), summed over the ranks where those hold parameters.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) throws
  {
    guard let sharding else { return }
    try sharding.orAbandon { try base.evaluate(at: parameters, into: &outputs) }
    if sharding.side == .parameters { try sharding.sum(&outputs, .model) }
  }

  /// outputs ← f(θ), and the Jacobian of the part: whoever multiplies by it completes the product.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) throws -> Base.Jacobian {
    guard let sharding else { return try base.linearize(at: parameters, outputs: &outputs) }
    let jacobian = try sharding.orAbandon {
      try base.linearize(at: parameters, outputs: &outputs)
    }
    if sharding.side == .parameters { try sharding.sum(&outputs, .model) }
    return jacobian
  }
}

extension ShardedModel: Restrictable where Base: Restrictable {
  /// The same model on samples with these numbers, counted over all ranks; each takes those that it holds.
  ///
  /// - Throws: `OptimKitError` where a number is not that of a sample.
  public func restricted(to samples: [Int]) throws -> Self {
    guard let sharding, sharding.side == .samples else {
      return Self(unchecked: try base.restricted(to: samples), sharding!)
    }
    if let sample = samples.first(where: { !(0..<sharding.wholeCount).contains($0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "sample \(sample) of \(sharding.wholeCount)",
        remedy: "pass numbers from 0 to \(sharding.wholeCount - 1)")
    }
    let own = sharding.ownSamples(of: samples)
    let before = samples.count { $0 < sharding.range.lowerBound }
    return Self(
      unchecked: try base.restricted(to: own.isEmpty ? [0] : own),
      Sharding(sharding, range: before..<before + own.count, of: samples.count))
  }
}

extension Sharding {
  /// Which of `samples`, numbers over all ranks, this rank holds, counted from its first.
  func ownSamples(of samples: [Int]) -> [Int] {
    samples.filter(range.contains).map { $0 - range.lowerBound }
  }
}

import OptimKit

extension TwoLayerReLU {
  /// Some of the neurons: a network whose outputs, added to those of the others, are the outputs of this one.
  ///
  ///     let whole = try TwoLayerReLU(features: features, width: 1 << 20, seed: 1)
  ///     let sharding = try whole.shardedByNeurons(reduction)
  ///     let part = try whole.part(ofNeurons: sharding.range)
  ///     let objective = try LeastSquares(ShardedModel(part, sharding), targets: targets)
  ///     let result = try minimize(objective, from: part.initialParameters(seed: 1), using: .gaussNewton(solver: .exact))
  ///
  /// - Complexity: O(k m').
  /// - Throws: `OptimKitError` where the range is empty or not one of neurons.
  public func part(ofNeurons range: Range<Int>) throws -> Self {
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= width else {
      throw OptimKitError(
        .invalidArgument, cause: "neurons \(range) of a network of \(width)",
        remedy: "pass a range of 0..<\(width) that is not empty; use no more ranks than neurons")
    }
    var part = Matrix<Scalar>(rowCount: outputsPerSample, columnCount: range.count)
    for output in 0..<outputsPerSample {
      for (position, neuron) in range.enumerated() {
        part[output, position] = signs[output, neuron]
      }
    }
    let first = neurons.lowerBound + range.lowerBound
    return Self(
      samples: samples, signs: part, hasBias: hasBias,
      part: (first..<first + range.count, wholeWidth))
  }

  /// Parts of whole neurons, one for each rank, whose numbers differ by at most one.
  ///
  /// - Throws: What `Sharding` throws.
  public func shardedByNeurons(_ reduction: any Reduction) throws -> Sharding {
    try requireSameSamples(on: reduction)
    return try Sharding(.parameters, of: width, unitLength: featureCount, reduction: reduction)
  }

  /// Throws on all ranks where they were given other samples: each needs all of them.
  ///
  /// - Complexity: O(n d).
  public func requireSameSamples(on reduction: any Reduction) throws {
    let elements = samples.features.storage
    let checksum = Self.checksum(of: elements)
    try reduction.requireSame("\(sampleCount) of checksum \(checksum)", "the samples")
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func checksum(of elements: [Scalar]) -> UInt64 {
    elements.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ Double($1).bitPattern) &* 0x0000_0100_0000_01b3
    }
  }
}

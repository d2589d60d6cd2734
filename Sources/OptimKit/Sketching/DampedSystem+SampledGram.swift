extension DampedSystem {
  /// Whether `formNormalMatrix(of:into:)` can be called.
  public var hasSampledGram: Bool { isDual && sampledGram != nil }

  /// The length of the right factors that a sample of left ones goes with.
  ///
  /// - Throws: ``OptimKitError`` of kind `missingCapability` without `hasSampledGram`.
  public var rightFactorCount: Int {
    get throws { try requireSampledGram().rightFactorCount }
  }

  /// Draws a sample of left factors.
  ///
  /// - Throws: What the sampler throws; ``OptimKitError`` of kind `missingCapability` without `hasSampledGram`.
  public func sampleLeftElements(
    from sampler: any LeftFactorSampler, attempt: Int = 0, rows: Int, key: RandomKey
  ) throws -> LeftFactorSample {
    let sampledGram = try requireSampledGram()
    return try sampler.sampleLeftElements(
      attempt: attempt, rows: rows, leftCount: wholeLongCount / sampledGram.rightFactorCount,
      rightCount: sampledGram.rightFactorCount, key: key)
  }

  /// Lower triangle of result ← (S A)ᵀ S A + μI.
  ///
  /// - Complexity: That of the Jacobian's ``SampledGram``.
  /// - Throws: ``OptimKitError`` of kind `missingCapability` without `hasSampledGram`.
  public func formNormalMatrix(
    of sample: LeftFactorSample, into result: inout Matrix<Scalar>
  ) throws {
    precondition(result.rowCount == shortCount && result.columnCount == shortCount)
    let sampledGram = try requireSampledGram()
    ledger.counts.sketches += 1
    try ledger.measureInterruptibly(.sketch) {
      var elements = result.storage.mutableSpan
      try completingTriangle(&elements, .gram) { elements in
        let ranges = ownLeftElements(of: sample, rightCount: sampledGram.rightFactorCount)
        if ranges.isEmpty {
          Scalar.fill(&elements, with: 0)
        } else {
          try sampledGram.computeGram(ofLeftElements: ranges, into: &elements)
        }
      }
      let order = shortCount
      for i in 0..<order {
        elements.withSlice(i * order..<i * order + i + 1) {
          Scalar.scale(&$0, by: Scalar(sample.weight))
        }
      }
      curvatureFactor.congruence(ofLowerTriangle: &elements, rowCount: order)
      if damping > 0 {
        for i in 0..<order { elements[i * order + i] += damping }
      }
    }
  }

  /// Those that are here, counted from the first one here.
  private func ownLeftElements(of sample: LeftFactorSample, rightCount: Int) -> [Range<Int>] {
    guard isSharded else { return sample.ranges }
    let own = longPart.lowerBound / rightCount..<longPart.upperBound / rightCount
    return sample.ranges.compactMap {
      let range = $0.clamped(to: own)
      guard !range.isEmpty else { return nil }
      return range.lowerBound - own.lowerBound..<range.upperBound - own.lowerBound
    }
  }

  private func requireSampledGram() throws -> any SampledGram<Scalar> {
    guard isDual, let sampledGram else {
      throw OptimKitError(
        .missingCapability, cause: "the Jacobian has no Gram matrix of sampled left factors",
        remedy: "sketch its rows, or make the Jacobian conform to SampledGram")
    }
    return sampledGram
  }
}

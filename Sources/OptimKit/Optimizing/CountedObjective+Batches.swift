extension CountedObjective {
  /// The number of samples; that of outputs where the objective does not tell.
  public var sampleCount: Int { base.sampleCount }

  /// Throws where the objective has no batches.
  ///
  /// - Throws: ``OptimKitError`` of kind `missingCapability`.
  public func requireBatches() throws { _ = try sampled() }

  /// An estimate of the objective from the samples with these numbers, without bias where they are drawn evenly.
  ///
  /// It is counted on the same ledger: evaluations and linearizations as those of a batch, with its samples.
  ///
  /// - Complexity: That of the model's restriction.
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where the objective has no batches; where a number is
  ///   not that of a sample, or none is given.
  public func batch(of samples: [Int]) throws -> CountedObjective {
    let sampled = try sampled()
    let batch = try ledger.measure(.model) { try sampled.batch(of: samples) }
    return CountedObjective(batch: batch, sampleCount: samples.count, ledger: ledger)
  }

  private func sampled() throws -> any SampledObjective<Scalar> {
    guard let sampled = base as? any SampledObjective<Scalar> else {
      throw OptimKitError(
        .missingCapability,
        cause: "mini-batches of an objective that cannot be restricted to samples",
        remedy: "let its model conform to Restrictable, or use all samples in each step")
    }
    return sampled
  }

  /// Books an evaluation where this is a batch; whether it is.
  func bookBatchEvaluation() -> Bool {
    guard let batchSampleCount else { return false }
    ledger.counts.batchEvaluations += 1
    ledger.counts.batchSamples += batchSampleCount
    return true
  }
}

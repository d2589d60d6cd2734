extension EmpiricalRisk: SampledObjective where M: Restrictable {
  /// The objective on `samples` alone, their weights multiplied by n / `samples.count`; the same ridge.
  ///
  /// Targets and weights were checked when the objective was made, and are not again; all weights of a batch may
  /// be 0.
  ///
  /// - Complexity: O(samples · outputs per sample), and that of the model's restriction.
  /// - Throws: ``OptimKitError`` where a number is not that of a sample, or none is given.
  public func batch(of samples: [Int]) throws -> Self {
    guard !samples.isEmpty else {
      throw OptimKitError(
        .invalidArgument, cause: "a batch of no samples", remedy: "pass at least one")
    }
    let restricted = try model.restricted(to: samples)
    let outputs = model.outputsPerSample
    let scale = Scalar(sampleCount) / Scalar(samples.count)
    return Self(
      model: restricted, loss: loss,
      checkedTargets: samples.flatMap { targets[$0 * outputs..<($0 + 1) * outputs] },
      weights: samples.map { scale * weights[$0] }, ridge: ridge)
  }
}

extension EmpiricalRisk {
  private init(
    model: M, loss: L, checkedTargets targets: [Scalar], weights: [Scalar], ridge: Scalar
  ) {
    self.model = model
    self.loss = loss
    self.targets = targets
    self.weights = weights
    self.ridge = ridge
  }
}

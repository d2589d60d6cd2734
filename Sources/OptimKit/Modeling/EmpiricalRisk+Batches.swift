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
    let scale = Scalar(sampleCount) / Scalar(samples.count)
    let (targets, weights) = targetsAndWeights(of: samples)
    return Self(
      model: restricted, loss: loss, checkedTargets: targets, weights: weights.map { scale * $0 },
      ridge: ridge)
  }
}

extension EmpiricalRisk {
  /// Those of some samples; of a sample without weight where this rank holds none of them.
  func targetsAndWeights(of samples: [Int]) -> (targets: [Scalar], weights: [Scalar]) {
    var numbers = samples
    if let sharding = model.sharding, sharding.side == .samples {
      numbers = sharding.ownSamples(of: samples)
    }
    let outputs = model.outputsPerSample
    guard !numbers.isEmpty else { return (Array(targets[..<outputs]), [0]) }
    return (
      numbers.flatMap { targets[$0 * outputs..<($0 + 1) * outputs] }, numbers.map { weights[$0] }
    )
  }

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

extension EmpiricalRisk where M: Restrictable {
  /// The same objective on a subset of the samples: their targets and weights, the same ridge.
  ///
  /// - Complexity: O(samples · outputs per sample), and that of the model's restriction.
  /// - Throws: ``OptimKitError`` where a number is not that of a sample, or none is given.
  public func restricted(to samples: [Int]) throws -> Self {
    let outputs = model.outputsPerSample
    return try Self(
      model: model.restricted(to: samples), loss: loss,
      targets: samples.flatMap { targets[$0 * outputs..<($0 + 1) * outputs] },
      weights: samples.map { weights[$0] }, ridge: ridge)
  }
}

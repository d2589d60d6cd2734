extension EmpiricalRisk where M: Restrictable {
  /// The same objective on a subset of the samples: their targets and weights, the same ridge.
  ///
  /// - Complexity: O(samples · outputs per sample), and that of the model's restriction.
  /// - Throws: ``OptimKitError`` where a number is not that of a sample, or none is given.
  public func restricted(to samples: [Int]) throws -> Self {
    let restricted = try model.restricted(to: samples)
    let (targets, weights) = targetsAndWeights(of: samples)
    return try Self(model: restricted, loss: loss, targets: targets, weights: weights, ridge: ridge)
  }
}

extension EmpiricalRisk {
  /// The same objective with another ridge.
  ///
  /// - Complexity: O(n); the model is shared.
  /// - Throws: ``OptimKitError`` where the ridge is negative or not finite.
  public func withRidge(_ ridge: Scalar) throws -> Self {
    try Self(model: model, loss: loss, targets: targets, weights: weights, ridge: ridge)
  }

  /// The same objective with other weights, one a sample; samples of weight 0 play no part.
  ///
  /// - Complexity: O(n); the model is shared.
  /// - Throws: ``OptimKitError`` where their number is another, one is negative or not finite, or all are 0.
  public func withWeights(_ weights: [Scalar]) throws -> Self {
    try Self(model: model, loss: loss, targets: targets, weights: weights, ridge: ridge)
  }
}

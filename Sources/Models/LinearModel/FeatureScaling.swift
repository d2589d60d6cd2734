import OptimKit

/// What is done to each column of features before they are multiplied: z = (x − shift) / scale.
public struct FeatureScaling<Scalar: RealScalar>: Hashable, Sendable, Codable {
  /// What is taken off each column.
  public let shifts: [Scalar]
  /// What each column is divided by, not 0.
  public let scales: [Scalar]

  /// From sums over n rows of the elements and of their squared distances from the mean; a constant column is not
  /// scaled, up to the rounding of its mean.
  init(means: [Scalar], squares: [Scalar], count: Int, shifts: Bool) {
    self.shifts = shifts ? means : Scalar.zeros(means.count)
    scales = zip(means, squares).map { mean, square in
      let deviation = (square / Scalar(count)).squareRoot()
      return deviation > 8 * Scalar.unitRoundoff * abs(mean) ? deviation : 1
    }
  }
}

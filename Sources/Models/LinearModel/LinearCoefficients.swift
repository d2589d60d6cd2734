import OptimKit

/// What a fit of a linear model found, in the units of the features as given: outputs are W x + b.
public struct LinearCoefficients<Scalar: RealScalar>: Hashable, Sendable, Codable {
  /// W, k × d.
  public let weights: Matrix<Scalar>
  /// b, one for each output; zeros where the model has no intercept and no shift.
  public let intercepts: [Scalar]

  /// Creates coefficients.
  public init(weights: Matrix<Scalar>, intercepts: [Scalar]) {
    self.weights = weights
    self.intercepts = intercepts
  }
}

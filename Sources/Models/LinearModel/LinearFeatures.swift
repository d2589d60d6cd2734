import OptimKit

/// The features of a linear model, X: one row a sample, and how they are multiplied.
///
/// ``DenseFeatures`` and ``SparseFeatures`` conform.
public protocol LinearFeatures<Scalar>: Sendable {
  /// The scalar type.
  associatedtype Scalar

  /// The Jacobian of a linear model on such features.
  associatedtype Jacobian: JacobianProvider<Scalar>

  /// The number of samples n.
  var sampleCount: Int { get }

  /// The number of features d.
  var featureCount: Int { get }

  /// outputs ← X Wᵀ, n × k, for W of k × d.
  func multiply(_ weights: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>)

  /// result ← UᵀX, k × d, for U of n × k.
  func multiplyTransposed(
    _ u: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>)

  /// The shift and scale that standardise each column, over the samples of all ranks where there is a sharding.
  ///
  /// - Throws: What sums over ranks throw.
  func standardization(over sharding: Sharding?) throws -> FeatureScaling<Scalar>

  /// The samples with these numbers, in this order.
  func selectingSamples(_ samples: [Int]) -> Self

  /// The Jacobian of a model.
  static func makeJacobian(of model: LinearModel<Self>) -> Jacobian
}

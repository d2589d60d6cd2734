import OptimKit

extension TwoLayerReLU {
  /// The same network in the span of its samples, where those are fewer than their features; nil elsewhere.
  ///
  /// A neuron's weights act on samples alone through their part in the span of these, and minimum-norm steps
  /// stay in it. See ``TwoLayerReLUInSpan``.
  ///
  /// - Parameter weights: W₀, m × d, where training starts.
  /// - Complexity: O(n² d + n m d), about one product with the Jacobian; every one after takes O(n² m)
  ///   instead of O(n m d).
  /// - Throws: `OptimKitError` where `weights` are not m d finite numbers.
  public func inSpanOfSamples(
    startingAt weights: [Scalar]
  ) throws -> TwoLayerReLUInSpan<Scalar>? {
    guard weights.count == parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(weights.count) parameters for a network of \(parameterCount)",
        remedy: "pass \(width) × \(featureCount) weights")
    }
    guard featureCount > sampleCount else { return nil }
    let factorization = try OrthogonalFactorization(samples.features)
    let triangle = factorization.triangularFactor
    return try TwoLayerReLUInSpan(
      network: replacingFeatures(with: triangle), basis: factorization.orthonormalFactor(),
      weights: weights)
  }
}

/// A network in the span of its n samples of d > n features: with X = L Q, Q of n orthonormal rows, the network of
/// weights W Qᵀ on features L has the outputs of W on X, the same Gram matrix and the same steps of minimum norm.
///
/// Train `network` from `initialParameters`, and `lift` what comes of it. All of it is exact but for rounding,
/// with damping too, and whatever the rank of X; with a ridge, which pulls the part of W outside of the span to 0
/// as well, it is another problem.
///
/// Storage: n (n + d) + m (n + d) scalars.
public struct TwoLayerReLUInSpan<Scalar: RealScalar>: Sendable {
  /// The network on features L, n × n.
  public let network: TwoLayerReLU<Scalar>
  /// W₀ Qᵀ, m × n.
  public let initialParameters: [Scalar]

  /// Q, n × d.
  private let basis: Matrix<Scalar>
  /// W₀.
  private let weights: [Scalar]

  init(
    network: TwoLayerReLU<Scalar>, basis: Matrix<Scalar>, weights: [Scalar]
  ) throws {
    self.network = network
    self.basis = basis
    self.weights = weights
    var projected = Scalar.zeros(network.parameterCount)
    var elements = projected.mutableSpan
    Scalar.multiply(
      weights.span, .plain, basis.storage.span, .transposed, rows: network.width,
      inner: basis.columnCount, columns: basis.rowCount, into: &elements)
    initialParameters = projected
  }

  /// W = W₀ + (W' − W₀ Qᵀ) Q, m × d, for trained weights W' of `network`.
  ///
  /// - Complexity: O(n m d).
  public func lift(_ parameters: [Scalar]) -> [Scalar] {
    precondition(parameters.count == initialParameters.count)
    var difference = parameters
    var span = difference.mutableSpan
    Scalar.add(-1, initialParameters.span, to: &span)
    var result = weights
    var elements = result.mutableSpan
    Scalar.multiply(
      difference.span, .plain, basis.storage.span, .plain, rows: network.width,
      inner: basis.rowCount, columns: basis.columnCount, plus: 1, into: &elements)
    return result
  }
}

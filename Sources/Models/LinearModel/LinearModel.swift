import OptimKit

/// A linear model on its samples, f_o(x) = w_oᵀz + b_o for o < k, with z the features, standardised where asked for.
///
///     let model = try LinearModel(features: matrix, hasIntercept: true, isStandardized: true)
///     let objective = try EmpiricalRisk(model: model, loss: LogisticLoss(), targets: labels, ridge: 1)
///     let result = try minimize(objective, from: model.initialParameters, using: .newton(solver: .automatic))
///     let coefficients = try model.coefficients(from: result.parameters)
///
/// Parameters are w₀, b₀, w₁, b₁, …: d + 1 for each output with an intercept, d without. A ridge leaves intercepts
/// out. Features are never copied as a whole: standardisation is part of the products, and is undone in
/// `coefficients`.
public struct LinearModel<Features: LinearFeatures>: Sendable where Features.Scalar: RealScalar {
  /// The scalar type.
  public typealias Scalar = Features.Scalar

  /// X, as given.
  public let features: Features
  /// k, the number of outputs of each sample.
  public let outputsPerSample: Int
  /// Whether each output has an intercept.
  public let hasIntercept: Bool
  /// What is done to the columns of X; nil where they are taken as they are.
  public let scaling: FeatureScaling<Scalar>?

  /// Creates a model of features that are known to be finite.
  private init(
    features: Features, outputsPerSample: Int, hasIntercept: Bool,
    scaling: FeatureScaling<Scalar>?
  ) {
    self.features = features
    self.outputsPerSample = outputsPerSample
    self.hasIntercept = hasIntercept
    self.scaling = scaling
  }

  private init(
    validating features: Features, outputsPerSample: Int, hasIntercept: Bool, isStandardized: Bool,
    sharding: Sharding?
  ) throws {
    guard outputsPerSample > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a linear model with \(outputsPerSample) outputs",
        remedy: "choose a positive number of outputs")
    }
    guard features.sampleCount > 0, features.featureCount > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a linear model on \(features.sampleCount) samples of "
          + "\(features.featureCount) features",
        remedy: "give it at least one of each")
    }
    self.init(
      features: features, outputsPerSample: outputsPerSample, hasIntercept: hasIntercept,
      scaling: isStandardized ? try features.standardization(over: sharding) : nil)
  }

  /// Creates a model on dense features.
  ///
  /// - Parameters:
  ///   - features: X, one row a sample.
  ///   - outputsPerSample: k; 1 by default.
  ///   - hasIntercept: Whether each output has an intercept; true by default.
  ///   - isStandardized: Whether columns are shifted by their mean and divided by their standard deviation, so that a
  ///     ridge treats them alike; false by default. Weights of samples play no part in that.
  ///   - sharding: How ranks share out the samples that means and deviations are of; these samples alone by default.
  /// - Complexity: O(n d).
  /// - Throws: `OptimKitError` where X is empty or holds NaN or infinity, or k is not positive.
  public init<S: RealScalar>(
    features: Matrix<S>, outputsPerSample: Int = 1, hasIntercept: Bool = true,
    isStandardized: Bool = false, sharding: Sharding? = nil
  ) throws where Features == DenseFeatures<S> {
    try features.requireFinite()
    try self.init(
      validating: DenseFeatures(features), outputsPerSample: outputsPerSample,
      hasIntercept: hasIntercept, isStandardized: isStandardized, sharding: sharding)
  }

  /// Creates a model on sparse features.
  ///
  /// - Parameters:
  ///   - features: X, one row a sample.
  ///   - outputsPerSample: k; 1 by default.
  ///   - hasIntercept: Whether each output has an intercept; true by default.
  ///   - isStandardized: Whether columns are divided by their standard deviation; false by default. They are not
  ///     shifted, which with an intercept makes no difference to the fit.
  ///   - sharding: How ranks share out the samples that deviations are of; these samples alone by default.
  /// - Complexity: O(n + d + stored elements).
  /// - Throws: `OptimKitError` where X is empty or k is not positive.
  public init<S: RealScalar>(
    features: SparseMatrix<S>, outputsPerSample: Int = 1, hasIntercept: Bool = true,
    isStandardized: Bool = false, sharding: Sharding? = nil
  ) throws where Features == SparseFeatures<S> {
    try self.init(
      validating: SparseFeatures(features), outputsPerSample: outputsPerSample,
      hasIntercept: hasIntercept, isStandardized: isStandardized, sharding: sharding)
  }

  /// Zeros, where the fit starts.
  public var initialParameters: [Scalar] { Scalar.zeros(parameterCount) }

  /// Weights and intercepts in the units of the features as given.
  ///
  /// - Complexity: O(k d).
  /// - Throws: `OptimKitError` where the number of parameters is another.
  public func coefficients(from parameters: [Scalar]) throws -> LinearCoefficients<Scalar> {
    guard parameters.count == parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(parameters.count) parameters for a linear model of \(parameterCount)",
        remedy: "pass those that the fit returned")
    }
    let (weights, offsets) = effectiveWeights(parameters.span)
    return LinearCoefficients(
      weights: try Matrix(
        rowCount: outputsPerSample, columnCount: features.featureCount, storage: weights),
      intercepts: offsets)
  }
}

extension LinearModel: Restrictable {
  /// The same model, with the same standardisation, on a subset of its samples.
  ///
  /// - Complexity: O(elements copied).
  /// - Throws: `OptimKitError` where a number is not that of a sample, or none is given.
  public func restricted(to samples: [Int]) throws -> Self {
    guard !samples.isEmpty else {
      throw OptimKitError(
        .invalidArgument, cause: "a linear model on no samples", remedy: "give at least one")
    }
    if let sample = samples.first(where: { !(0..<sampleCount).contains($0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "sample \(sample) of a model of \(sampleCount) samples",
        remedy: "pass numbers from 0 to \(sampleCount - 1)")
    }
    return Self(
      features: features.selectingSamples(samples), outputsPerSample: outputsPerSample,
      hasIntercept: hasIntercept, scaling: scaling)
  }
}

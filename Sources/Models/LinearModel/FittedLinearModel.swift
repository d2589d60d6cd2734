import OptimKit

/// A fitted linear model: coefficients in the units of the features as given, and the loss that says what they predict.
///
///     let fitted = try objective.fittedModel(at: result.parameters)
///     let probabilities = try fitted.predictProbabilities(newFeatures)
///     try JSONEncoder().encode(fitted).write(to: url)
///
/// Features are a `Matrix` or a `SparseMatrix`, one row a sample, not standardised.
public struct FittedLinearModel<L: Loss, Scalar: RealScalar>: Sendable {
  /// The loss of the fit.
  public let loss: L
  /// W and b.
  public let coefficients: LinearCoefficients<Scalar>

  /// Creates a model from its parts.
  ///
  /// - Throws: `OptimKitError` where there is not one finite intercept for each row of finite weights.
  public init(loss: L, coefficients: LinearCoefficients<Scalar>) throws {
    let (weights, intercepts) = (coefficients.weights, coefficients.intercepts)
    guard weights.rowCount > 0, weights.columnCount > 0, intercepts.count == weights.rowCount
    else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(intercepts.count) intercepts for \(weights.rowCount) × \(weights.columnCount) "
          + "weights",
        remedy: "give one intercept for each row of weights")
    }
    let elements = (0..<weights.rowCount).flatMap { Array(weights.row($0)) } + intercepts
    guard Scalar.firstNonFiniteIndex(in: elements.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a coefficient is NaN or infinite", remedy: "fit the model again")
    }
    self.loss = loss
    self.coefficients = coefficients
  }

  /// k.
  public var outputsPerSample: Int { coefficients.weights.rowCount }

  /// d.
  public var featureCount: Int { coefficients.weights.columnCount }

  /// f = W x + b, n × k: the linear predictor of regressions, and of classifications what decides.
  ///
  /// - Complexity: O(n d k), less where features are sparse.
  /// - Throws: `OptimKitError` where there is another number of features, or one is NaN or infinite.
  public func decisionValues<X: FeatureMatrix>(_ features: X) throws -> Matrix<Scalar>
  where X.Scalar == Scalar {
    guard features.columnCount == featureCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(features.columnCount) features for a model that was fitted to \(featureCount)",
        remedy: "give the features of the fit, in the same order")
    }
    try features.requireFinite()
    let outputs = outputsPerSample
    let weights = (0..<outputs).flatMap { coefficients.weights.row($0) }
    var result = Matrix<Scalar>(rowCount: features.rowCount, columnCount: outputs)
    result.withMutableElements { elements in
      guard !elements.isEmpty else { return }
      features.multiply(byTransposed: weights.span, rows: outputs, into: &elements)
      LinearModel<DenseFeatures<Scalar>>.add(coefficients.intercepts, to: &elements)
    }
    return result
  }
}

extension FittedLinearModel where L: ResponseLoss {
  /// What targets are to be expected, n × k: the mean, as a probability for classes, or the quantile of a quantile loss.
  ///
  /// - Complexity: O(n d k), less where features are sparse.
  /// - Throws: `OptimKitError` where there is another number of features, or one is NaN or infinite.
  public func predict<X: FeatureMatrix>(_ features: X) throws -> Matrix<Scalar>
  where X.Scalar == Scalar {
    var result = try decisionValues(features)
    result.withMutableElements {
      loss.applyInverseLink(to: &$0, outputsPerSample: outputsPerSample)
    }
    return result
  }
}

extension FittedLinearModel where L: ClassificationLoss {
  /// The class of each sample, numbered from 0.
  ///
  /// - Complexity: O(n d k), less where features are sparse.
  /// - Throws: `OptimKitError` where there is another number of features, or one is NaN or infinite.
  public func predictClasses<X: FeatureMatrix>(_ features: X) throws -> [Int]
  where X.Scalar == Scalar {
    let values = try decisionValues(features)
    return loss.classes(ofOutputs: values.storage, outputsPerSample: outputsPerSample)
  }
}

extension FittedLinearModel where L: ResponseLoss & ClassificationLoss {
  /// The probability of each class, n × number of classes; two columns where there is one output.
  ///
  /// - Complexity: O(n d k), less where features are sparse.
  /// - Throws: `OptimKitError` where there is another number of features, or one is NaN or infinite.
  public func predictProbabilities<X: FeatureMatrix>(_ features: X) throws -> Matrix<Scalar>
  where X.Scalar == Scalar {
    guard outputsPerSample == 1 else { return try predict(features) }
    // The probability of class 0 is that of an output of the other sign: 1 − p would lose digits.
    let values = try decisionValues(features)
    var result = try Matrix(
      rowCount: values.rowCount, columnCount: 2, storage: values.storage.flatMap { [-$0, $0] })
    result.withMutableElements { loss.applyInverseLink(to: &$0, outputsPerSample: 1) }
    return result
  }
}

extension FittedLinearModel: Hashable, Equatable where L: Hashable {}

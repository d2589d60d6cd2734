import OptimKit

extension EmpiricalRisk {
  /// The fitted model: coefficients in the units of the features as given, and the loss.
  ///
  /// - Complexity: O(k d).
  /// - Throws: `OptimKitError` where the number of parameters is another, or one is not finite.
  public func fittedModel<Features: LinearFeatures>(
    at parameters: [Scalar]
  ) throws -> FittedLinearModel<L, Scalar> where M == LinearModel<Features> {
    try FittedLinearModel(loss: loss, coefficients: model.coefficients(from: parameters))
  }

  /// Statistics of the coefficients in the units of the features as given: those of each output one after the other, each
  /// with its intercept last where there is one.
  ///
  /// Where columns are shifted and there is no intercept, what the shift makes of one is not among them.
  ///
  /// - Parameters:
  ///   - parameters: θ at the minimum.
  ///   - featureNames: A name for each feature; "x0", "x1", … by default.
  ///   - dispersion: φ; by default estimated for the squared loss, and 1 for others.
  ///   - form: How the covariance is computed; the inverse Hessian by default.
  /// - Complexity: O((n + p) p²) for p parameters.
  /// - Throws: `OptimKitError` where a count is wrong; what `FitStatistics` throws.
  public func coefficientStatistics<Features: LinearFeatures>(
    at parameters: [Scalar], featureNames: [String]? = nil, dispersion: Dispersion? = nil,
    form: CovarianceForm = .inverseHessian
  ) throws -> FitStatistics where M == LinearModel<Features> {
    let count = model.features.featureCount
    let names = featureNames ?? (0..<count).map { "x\($0)" }
    guard names.count == count else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(names.count) names for \(count) features",
        remedy: "give one name a feature")
    }
    let ofOutput = names + (model.hasIntercept ? ["intercept"] : [])
    let all = (0..<model.outputsPerSample).flatMap { output in
      model.outputsPerSample == 1 ? ofOutput : ofOutput.map { "\($0) of \(output)" }
    }
    let statistics = try FitStatistics(
      of: self, at: parameters, names: all,
      dispersion: dispersion ?? (loss is SquaredLoss ? .estimated : .known(1)), form: form)
    guard model.scaling != nil else { return statistics }
    return try statistics.mapped(names: all, model.unscaled)
  }
}

extension LinearModel {
  /// Parameters for features as given, from those for standardised ones; in double precision.
  fileprivate func unscaled(_ parameters: [Double]) -> [Double] {
    guard let scaling else { return parameters }
    var result = parameters
    let count = features.featureCount
    for output in 0..<outputsPerSample {
      let first = output * parametersPerOutput
      for j in 0..<count {
        result[first + j] /= Double(scaling.scales[j])
        if hasIntercept {
          result[first + count] -= result[first + j] * Double(scaling.shifts[j])
        }
      }
    }
    return result
  }
}

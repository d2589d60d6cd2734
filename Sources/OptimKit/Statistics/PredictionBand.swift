/// What a least-squares fit says of one output at a new point.
public struct PredictionBand: Hashable, Sendable, Codable {
  /// f(θ).
  public let value: Double
  /// The standard error of f(θ).
  public let standardError: Double
  /// Where the mean of observations lies.
  public let confidence: ClosedRange<Double>
  /// Where one further observation of weight 1 lies.
  public let prediction: ClosedRange<Double>
}

extension LeastSquaresStatistics {
  /// Bands at points whose outputs have the given values and rows of the Jacobian.
  ///
  /// - Parameters:
  ///   - values: f(θ), one a row.
  ///   - jacobian: ∂f/∂θ, one row an output and one column a parameter.
  ///   - level: How much of the distribution lies within, at each point by itself.
  /// - Complexity: O(m p²) for m points.
  /// - Throws: ``OptimKitError`` where sizes differ, or the level is not between 0 and 1.
  public func bands(
    at values: [Double], jacobian: Matrix<Double>, level: Double = 0.95
  ) throws -> [PredictionBand] {
    let covariance = estimates.covariance
    guard jacobian.columnCount == covariance.rowCount, jacobian.rowCount == values.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "a \(jacobian.rowCount) × \(jacobian.columnCount) Jacobian for \(values.count) "
          + "values and \(covariance.rowCount) parameters",
        remedy: "give a row for each value and a column for each parameter")
    }
    let reach = try estimates.distribution.criticalValue(level: level)
    let products = jacobian.timesTransposed(covariance)
    return values.indices.map { i in
      let variance = max(0, zip(products.row(i), jacobian.row(i)).reduce(0) { $0 + $1.0 * $1.1 })
      let error = variance.squareRoot()
      let spread = (variance + fit.dispersion).squareRoot()
      return PredictionBand(
        value: values[i], standardError: error,
        confidence: values[i] - reach * error...values[i] + reach * error,
        prediction: values[i] - reach * spread...values[i] + reach * spread)
    }
  }

  /// Bands for the outputs of the model on other points.
  ///
  /// - Parameters:
  ///   - model: The model that was fitted, on the points of interest.
  ///   - level: How much of the distribution lies within, at each point by itself.
  /// - Complexity: One linearization and O(m p²) for m outputs.
  /// - Throws: ``OptimKitError`` where the model has other parameters; what the model throws.
  public func bands<M: Model>(of model: M, level: Double = 0.95) throws -> [PredictionBand] {
    guard model.parameterCount == estimates.values.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "a model of \(model.parameterCount) parameters, of which "
          + "\(estimates.values.count) were estimated",
        remedy: "pass the model that was fitted, on other points")
    }
    let parameters = estimates.values.map { M.Scalar($0) }
    var outputs = M.Scalar.zeros(model.outputCount)
    var span = outputs.mutableSpan
    let jacobian = try model.linearize(at: parameters.span, outputs: &span)
    var bands: [PredictionBand] = []
    try JacobianRows(jacobian, outputsPerSample: 1).forEachBlock { range, block in
      bands += try self.bands(
        at: range.map { Double(outputs[$0]) },
        jacobian: Matrix(
          rowCount: block.rowCount, columnCount: block.columnCount,
          storage: block.storage.map { Double($0) }), level: level)
    }
    return bands
  }
}

import OptimKit

extension NetworkArchitecture {
  /// Throws where points are none, not finite, too many, or have another number of coordinates than the network has
  /// inputs.
  func validate<Scalar: RealScalar>(
    points: Matrix<Scalar>, called coordinate: String, of point: String
  ) throws {
    guard points.rowCount > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a network on no \(point)s", remedy: "give at least one")
    }
    guard points.columnCount == inputCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(points.columnCount) \(coordinate)s for a network of \(inputCount) inputs",
        remedy: "pass \(inputCount) for each \(point)")
    }
    let widest = ([inputCount] + hiddenWidths + [outputCount]).reduce(0, max) + 1
    let (product, overflow) = points.rowCount.multipliedReportingOverflow(
      by: widest * (inputCount + 2))
    guard !overflow, product <= Int32.max else {
      throw OptimKitError(
        .invalidArgument,
        cause: "\(points.rowCount) \(point)s in layers of up to \(widest - 1) neurons",
        remedy: "BLAS counts to \(Int32.max): pass fewer \(point)s, or choose narrower layers")
    }
    if let index = Scalar.firstNonFiniteIndex(in: points.storage.span) {
      let (row, column) = index.quotientAndRemainder(dividingBy: points.columnCount)
      throw OptimKitError(
        .nonFiniteValue,
        cause: "\(coordinate) \(column) of \(point) \(row) is \(points.storage[index])",
        remedy: "remove the \(point) or replace the value")
    }
  }

  /// What an operator makes of the network at given points: one row a point, one column an output.
  ///
  /// - Parameters:
  ///   - points: One row a point.
  ///   - parameters: p of them.
  ///   - operator: The network's outputs themselves by default.
  /// - Complexity: O(points · p), times d + 2 with a Laplacian.
  /// - Throws: `OptimKitError` where sizes do not match, or a coordinate is NaN or infinite.
  public func outputs<Scalar: RealScalar>(
    at points: Matrix<Scalar>, parameters: [Scalar],
    operator: LinearDifferentialOperator = .identity
  ) throws -> Matrix<Scalar> {
    try validate(points: points, called: "coordinate", of: "point")
    try `operator`.validate(dimension: inputCount)
    guard parameters.count == parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(parameters.count) parameters for a network of \(parameterCount)",
        remedy: "pass those that training returned")
    }
    let pass = NetworkPass(architecture: self, points: points, operator: `operator`)
    var result = Matrix<Scalar>(rowCount: points.rowCount, columnCount: outputCount)
    result.withMutableElements { NetworkPass.evaluate([pass], at: parameters.span, into: &$0) }
    return result
  }
}

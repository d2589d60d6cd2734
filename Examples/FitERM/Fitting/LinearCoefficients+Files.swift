import ExampleSupport
import OptimKit
import OptimKitModels

extension LinearCoefficients {
  /// Writes the weights, one row an output, with the intercept as the last column.
  func save(to file: OutputFile, withIntercepts: Bool) throws {
    let rows = (0..<weights.rowCount).map {
      Array(weights.row($0)) + (withIntercepts ? [intercepts[$0]] : [])
    }
    let width = weights.columnCount + (withIntercepts ? 1 : 0)
    try Matrix(rowCount: rows.count, columnCount: width, storage: rows.flatMap { $0 })
      .save(to: file)
  }

  /// Writes what the model predicts of features: means and probabilities, and for the hinge loss decision values.
  func savePredictions(
    of features: FitData<Scalar>.Features, _ loss: any Loss, to file: OutputFile
  ) throws {
    switch features {
    case .dense(let matrix): try predict(matrix, loss).save(to: file)
    case .sparse(let matrix): try predict(matrix, loss).save(to: file)
    }
  }

  private func predict<X: FeatureMatrix>(
    _ features: X, _ loss: any Loss
  ) throws -> Matrix<Scalar> where X.Scalar == Scalar {
    if let loss = loss as? any ResponseLoss { return try respond(features, loss) }
    return try decide(features, loss)
  }

  private func respond<X: FeatureMatrix>(
    _ features: X, _ loss: some ResponseLoss
  ) throws -> Matrix<Scalar> where X.Scalar == Scalar {
    try FittedLinearModel(loss: loss, coefficients: self).predict(features)
  }

  private func decide<X: FeatureMatrix>(
    _ features: X, _ loss: some Loss
  ) throws -> Matrix<Scalar> where X.Scalar == Scalar {
    try FittedLinearModel(loss: loss, coefficients: self).decisionValues(features)
  }
}

extension Matrix {
  /// Writes a .npy file of the matrix's own precision.
  fileprivate func save(to file: OutputFile) throws {
    let storage: NumPyArray.Storage =
      if let values = storage as? [Float] {
        .float32(values)
      } else {
        .float64(storage.map { Double($0) })
      }
    try NumPyArray(shape: [rowCount, columnCount], storage: storage).write(to: file.url)
  }
}

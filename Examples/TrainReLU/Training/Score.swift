import ExampleSupport
import OptimKit
import OptimKitModels

/// How well a network does on samples.
struct Score: Sendable {
  /// The share of samples whose class is right; nil where there are no classes.
  var trainAccuracy: Double?
  /// The same of samples that were not trained on.
  var testAccuracy: Double?
  /// Root of the mean squared difference of outputs and targets, on training samples.
  var trainRMSE: Double
}

extension TrainingProblem {
  /// How well the network does with these weights.
  func score(_ network: TwoLayerReLU<Scalar>, _ weights: [Scalar]) throws -> Score {
    func outputs(_ part: DataSet<Scalar>.Part) throws -> Matrix<Scalar> {
      var outputs = try network.predictions(for: part.features, parameters: weights)
      if let reduction = Ranks.reduction {
        var elements = outputs.storage
        var span = elements.mutableSpan
        try reduction.sum(&span)
        outputs = try Matrix(
          rowCount: outputs.rowCount, columnCount: outputs.columnCount, storage: elements)
      }
      return outputs
    }
    let fitted = try outputs(data.training)
    let targets = data.training.targets
    let squares = zip(fitted.storage, targets.storage).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    let rmse = (squares / Double(targets.storage.count)).squareRoot()
    guard let classOf = data.task.classOfOutputs(Scalar.self) else { return Score(trainRMSE: rmse) }
    func accuracy(_ outputs: Matrix<Scalar>, _ targets: Matrix<Scalar>) -> Double {
      let right = (0..<outputs.rowCount).count { row in
        classOf(outputs.row(row)) == classOf(targets.row(row))
      }
      return Double(right) / Double(outputs.rowCount)
    }
    return Score(
      trainAccuracy: accuracy(fitted, targets),
      testAccuracy: try data.test.map { accuracy(try outputs($0), $0.targets) }, trainRMSE: rmse)
  }
}

extension DataSet.Task {
  /// The rule that turns the outputs of a sample into its class; nil where there are none.
  fileprivate func classOfOutputs<T: RealScalar>(_ type: T.Type) -> ((ArraySlice<T>) -> Int)? {
    switch self {
    case .sign: { ($0.first ?? 0) > 0 ? 1 : 0 }
    case .largest: { row in row.enumerated().max { $0.element < $1.element }?.offset ?? 0 }
    case .regression: nil
    }
  }
}

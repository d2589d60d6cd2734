import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct FittedLinearModelTests {
  static let key = RandomKey(seed: 5, purpose: "fitted models")

  /// On the samples of the fit predictions are the responses to the model's outputs, from dense and sparse features.
  @Test(arguments: LinearCase.all.filter { $0.samples < 100 }, scalarTypes)
  func decisionValuesAreOutputs(example: LinearCase, type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let model = try example.dense(Scalar.self)
      let parameters: [Scalar] = Self.key.normalVector(model.parameterCount)
      let outputs = filled(model.outputCount) { model.evaluate(at: parameters.span, into: &$0) }
      let objective = try EmpiricalRisk(model, targets: outputs)
      let fitted = try objective.fittedModel(at: parameters)
      let matrix: Matrix<Scalar> = example.matrix()
      for values in [
        try fitted.decisionValues(matrix), try fitted.decisionValues(SparseMatrix(matrix)),
        try fitted.predict(matrix),
      ] {
        #expect(values.rowCount == example.samples && values.columnCount == example.outputs)
        #expect(distance(values.storage, outputs) <= 1000 * Scalar.unitRoundoff * norm(outputs))
      }
    }
    try check(type)
  }

  static func fitted<L: Loss>(
    _ loss: L, weights: [Double], intercepts: [Double]
  ) throws -> FittedLinearModel<L, Double> {
    try FittedLinearModel(
      loss: loss,
      coefficients: LinearCoefficients(
        weights: Matrix(
          rowCount: intercepts.count, columnCount: weights.count / intercepts.count,
          storage: weights), intercepts: intercepts))
  }

  static func column(_ values: [Double]) -> Matrix<Double> {
    var result = Matrix<Double>(rowCount: values.count, columnCount: 1)
    for (i, value) in values.enumerated() { result[i, 0] = value }
    return result
  }

  /// x, with outputs 2 x − 1.
  static let points = column([-400, 0, 0.5, 400])
  static let outputs = [-801.0, -1, 0, 799]

  @Test func responsesAreInverseLinks() throws {
    func check<L: ResponseLoss>(_ loss: L, _ inverseLink: (Double) -> Double) throws {
      let model = try Self.fitted(loss, weights: [2], intercepts: [-1])
      let predictions = try model.predict(Self.points).storage
      for (left, right) in zip(predictions, Self.outputs.map(inverseLink)) {
        #expect(left == right || abs(left - right) <= 1e-15 * right, "\(loss)")
      }
    }
    try check(SquaredLoss()) { $0 }
    try check(HuberLoss()) { $0 }
    try check(SmoothedQuantileLoss()) { $0 }
    try check(PoissonLoss()) { exp($0) }
    try check(GammaLoss()) { exp($0) }
    try check(LogisticLoss()) { 1 / (1 + exp(-$0)) }
  }

  @Test func classesAndTheirProbabilities() throws {
    let logistic = try Self.fitted(LogisticLoss(), weights: [2], intercepts: [-1])
    #expect(try logistic.predictClasses(Self.points) == [0, 0, 0, 1])
    let probabilities = try logistic.predictProbabilities(Self.points)
    #expect(probabilities.rowCount == 4 && probabilities.columnCount == 2)
    #expect(probabilities[1, 0] == 1 / (1 + exp(-1.0)) && probabilities[2, 1] == 0.5)
    // Small probabilities keep their digits on both sides.
    let near = try logistic.predictProbabilities(
      Matrix(rowCount: 1, columnCount: 1, storage: [50.5]))
    #expect(abs(near[0, 0] / exp(-100) - 1) <= 1e-14 && near[0, 1] == 1)
    let hinge = try Self.fitted(SmoothedHingeLoss(), weights: [2], intercepts: [-1])
    #expect(try hinge.predictClasses(Self.points) == [0, 0, 0, 1])

    let softmax = try Self.fitted(SoftmaxLoss(), weights: [1, 2, -1], intercepts: [0, 0, 900])
    let points = try Matrix<Double>(rowCount: 3, columnCount: 1, storage: [0, 1, 700])
    #expect(try softmax.predictClasses(points) == [2, 2, 1])
    let shares = try softmax.predictProbabilities(points)
    #expect(try softmax.predict(points) == shares)
    for i in 0..<3 { #expect(abs(shares.row(i).reduce(0, +) - 1) <= 1e-15) }
    #expect(abs(shares[1, 1] / shares[1, 0] - M_E) <= 1e-14 || shares[1, 0] == 0)
    let ties = try Self.fitted(SoftmaxLoss(), weights: [0, 0], intercepts: [1, 1])
    #expect(try ties.predictClasses(points) == [0, 0, 0])
    #expect(try ties.predictProbabilities(points).storage.allSatisfy { $0 == 0.5 })
  }

  @Test func standardizationIsUndone() throws {
    let example = LinearCase(samples: 23, features: 5, isStandardized: true)
    let model: LinearModel<DenseFeatures<Double>> = try example.dense()
    let targets = (0..<23).map { Double($0 % 2) }
    let objective = try EmpiricalRisk(model: model, loss: LogisticLoss(), targets: targets)
    let fitted = try objective.fittedModel(at: [0, 0, 0, 0, 0, 1])
    // The intercept alone: the same probability everywhere, whatever the features.
    let values = try fitted.predict(example.matrix(of: Double.self)).storage
    #expect(values.allSatisfy { abs($0 - 1 / (1 + exp(-1.0))) <= 1e-15 })
  }

  @Test func codingKeepsAllBitsAndRefusesAnotherLoss() throws {
    let model = try Self.fitted(
      SmoothedQuantileLoss(level: 0.1), weights: [0.1, 1.0 / 3], intercepts: [1e-300])
    let data = try JSONEncoder().encode(model)
    let copy = try JSONDecoder().decode(
      FittedLinearModel<SmoothedQuantileLoss, Double>.self, from: data)
    #expect(copy == model)
    #expect(
      errorKind {
        try JSONDecoder().decode(FittedLinearModel<HuberLoss, Double>.self, from: data)
      } == .unreadableFile)
    let text = String(decoding: data, as: UTF8.self)
    let damaged = text.replacingOccurrences(of: "\"intercepts\":[", with: "\"intercepts\":[0,")
    #expect(
      errorKind {
        try JSONDecoder().decode(
          FittedLinearModel<SmoothedQuantileLoss, Double>.self, from: Data(damaged.utf8))
      } == .dimensionMismatch)
  }

  @Test func refusesFeaturesThatDoNotFit() throws {
    let model = try Self.fitted(SquaredLoss(), weights: [1, 2], intercepts: [0])
    #expect(errorKind { try model.predict(Self.points) } == .dimensionMismatch)
    #expect(errorKind { try model.predict(SparseMatrix(Self.points)) } == .dimensionMismatch)
    let bad = try Matrix<Double>(rowCount: 1, columnCount: 2, storage: [0, .nan])
    #expect(errorKind { try model.predict(bad) } == .nonFiniteValue)
    #expect(
      errorKind { try Self.fitted(SquaredLoss(), weights: [.nan], intercepts: [0]) }
        == .nonFiniteValue)
    #expect(try model.predict(Matrix(rowCount: 0, columnCount: 2)).storage == [])
    #expect(
      try model.decisionValues(SparseMatrix(Matrix(rowCount: 0, columnCount: 2))).storage == [])
  }
}

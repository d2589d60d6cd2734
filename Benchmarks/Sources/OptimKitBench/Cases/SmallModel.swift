import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// fᵢ(θ) = Σⱼ tanh(aᵢⱼ θⱼ), 20 outputs of 10 parameters: a small nonlinear model whose functions take no time to speak of.
struct SmallModel: Model {
  /// A, row by row.
  private let coefficients: [Double]

  let parameterCount = 10
  let outputCount = 20

  private init() {
    var numbers = [Double](repeating: 0, count: outputCount * parameterCount)
    var span = numbers.mutableSpan
    RandomKey(seed: 1, purpose: "small model").fillNormal(&span)
    coefficients = numbers
  }

  /// A least-squares fit of it to outputs with noise.
  static func objective() throws -> LeastSquares<Self> {
    let model = Self()
    let truth = (0..<model.parameterCount).map { 0.5 * sin(Double($0)) }
    var targets = [Double](repeating: 0, count: model.outputCount)
    var span = targets.mutableSpan
    model.evaluate(at: truth.span, into: &span)
    for i in targets.indices { targets[i] += 0.1 * cos(Double(3 * i)) }
    return try LeastSquares(model, targets: targets)
  }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    for i in 0..<outputCount {
      var sum = 0.0
      for j in 0..<parameterCount {
        sum += tanh(coefficients[i * parameterCount + j] * parameters[j])
      }
      outputs[i] = sum
    }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    var elements = coefficients
    for i in 0..<outputCount {
      var sum = 0.0
      for j in 0..<parameterCount {
        let place = i * parameterCount + j
        let value = tanh(coefficients[place] * parameters[j])
        sum += value
        elements[place] *= 1 - value * value
      }
      outputs[i] = sum
    }
    return DenseJacobian(
      try Matrix(rowCount: outputCount, columnCount: parameterCount, storage: elements))
  }
}

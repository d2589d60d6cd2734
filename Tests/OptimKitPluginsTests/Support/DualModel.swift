import OptimKit
import OptimKitModels
import OptimKitTesting

/// Residuals of a function that computes with dual numbers, so that derivatives are exact.
struct DualModel: Model {
  let parameterCount: Int
  let outputCount: Int
  var outputsPerSample = 1
  let function: @Sendable ([Dual]) throws -> [Dual]

  init(
    parameters: Int, residuals: Int, _ function: @escaping @Sendable ([Dual]) throws -> [Dual]
  ) {
    parameterCount = parameters
    outputCount = residuals
    self.function = function
  }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) throws {
    let values = try function((0..<parameterCount).map { Dual(parameters[$0]) })
    for i in outputs.indices { outputs[i] = values[i].value }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    let values = try function(
      (0..<parameterCount).map { Dual(parameters[$0], unitVector($0, of: parameterCount)) })
    var matrix = Matrix<Double>(rowCount: outputCount, columnCount: parameterCount)
    for i in outputs.indices {
      outputs[i] = values[i].value
      for (j, derivative) in values[i].derivatives.enumerated() { matrix[i, j] = derivative }
    }
    return DenseJacobian(matrix)
  }

  /// ½‖f(θ)‖².
  func objective() throws -> LeastSquares<DualModel> {
    try LeastSquares(self, targets: [Double](repeating: 0, count: outputCount))
  }
}

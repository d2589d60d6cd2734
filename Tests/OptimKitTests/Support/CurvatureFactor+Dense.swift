import OptimKit
import OptimKitTesting

extension CurvatureFactor {
  /// Random blocks of the smallest order above 1 that divides `outputs`, with NaN above their diagonals.
  static func random(outputs: Int) -> Self {
    let order = (2...max(2, outputs)).first { outputs % $0 == 0 } ?? 1
    var elements: [Scalar] = RandomKey(seed: 5, purpose: "blocks").normalVector(outputs * order)
    for row in 0..<outputs {
      for column in row % order + 1..<max(order, row % order + 1) {
        elements[row * order + column] = .nan
      }
    }
    return .blocks(order: order, elements: elements)
  }

  /// The matrix C.
  func dense(_ outputs: Int) -> Matrix<Double> {
    var result = Matrix<Double>.identity(outputs)
    switch self {
    case .identity: break
    case .diagonal(let diagonal):
      for i in 0..<outputs { result[i, i] = Double(diagonal[i]) }
    case .blocks(let order, let elements):
      for row in 0..<outputs {
        let first = row / order * order
        for column in first...row {
          result[row, column] = Double(elements[row * order + column - first])
        }
      }
    }
    return result
  }
}

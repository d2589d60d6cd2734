import OptimKit
import OptimKitTesting

/// min ‖b − A x‖, and what is measured of its solutions.
struct RegressionProblem {
  let matrix: Matrix<Double>
  let target: [Double]

  init(_ arrays: WorkerArrays) throws {
    matrix = try arrays.matrix("A")
    target = try arrays.vector("b")
  }

  /// ‖b − A x‖, and ‖Aᵀ(b − A x)‖ relative to ‖Aᵀb‖.
  func accuracy(of solution: [Double]) -> [String: Double] {
    let accuracy = LeastSquaresAccuracy(of: solution, matrix: matrix, target: target)
    return [
      "residualNorm": accuracy.residualNorm, "normalResidual": accuracy.relativeResidual,
    ]
  }
}

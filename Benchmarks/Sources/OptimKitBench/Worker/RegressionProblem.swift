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
    let jacobian = DenseJacobian(matrix)
    var residual = Double.zeros(matrix.rowCount)
    var normal = Double.zeros(matrix.columnCount)
    var reference = normal
    var residualSpan = residual.mutableSpan
    jacobian.apply(solution.span, into: &residualSpan)
    Double.combine(1, target.span, plus: -1, into: &residualSpan)
    var normalSpan = normal.mutableSpan
    jacobian.applyTransposed(residual.span, into: &normalSpan)
    var referenceSpan = reference.mutableSpan
    jacobian.applyTransposed(target.span, into: &referenceSpan)
    return [
      "residualNorm": Double.norm(residual.span),
      "normalResidual": Double.norm(normal.span) / Double.norm(reference.span),
    ]
  }
}

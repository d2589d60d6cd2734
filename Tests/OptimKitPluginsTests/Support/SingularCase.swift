import OptimKit
import OptimKitModels
import OptimKitTesting

/// A system whose last column, or row in the dual, is the first once more, and its least-squares solution of
/// minimum norm.
struct SingularCase {
  let matrix: Matrix<Double>
  let target: [Double]
  let solution: [Double]

  init(rows: Int, columns: Int, isDual: Bool = false, conditionNumber: Double = 10) throws {
    let distinct: Matrix<Double> = try tallMatrix(
      rows: rows, columns: columns - 1, conditionNumber: conditionNumber)
    var tall = Matrix<Double>(rowCount: rows, columnCount: columns)
    for i in 0..<rows {
      for j in 0..<columns { tall[i, j] = distinct[i, j % (columns - 1)] }
    }
    matrix = isDual ? tall.transposed() : tall
    if isDual {
      // Within reach, so that the solution is the one in the span of the rows.
      let basis = DenseJacobian(try OrthogonalFactorization(distinct).orthonormalFactor())
      solution = try basis.product(normalVector(columns - 1, seed: 2))
      target = try DenseJacobian(matrix).product(solution)
    } else {
      // Of all ways to share a coordinate out to two equal columns, halves have the least norm.
      target = normalVector(rows, seed: 2)
      var factorization = try OrthogonalFactorization(distinct)
      var long = target
      var span = long.mutableSpan
      factorization.applyOrthogonal(.transposed, in: &span)
      var short = Array(long.prefix(columns - 1))
      var shortSpan = short.mutableSpan
      factorization.solveTriangle(.plain, in: &shortSpan)
      solution = [short[0] / 2] + short.dropFirst() + [short[0] / 2]
    }
  }

  var system: DampedSystem<Double> { DampedSystem(jacobian: DenseJacobian(matrix)) }
}

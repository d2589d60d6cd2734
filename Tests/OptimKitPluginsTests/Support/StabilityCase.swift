import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// A least-squares problem of given conditioning with a known solution and a residual of known size: what
/// backward stability is told by.
struct StabilityCase {
  let matrix: Matrix<Double>
  let target: [Double]
  let exact: [Double]

  /// b = A x + e with ‖x‖ = 1 and e of norm `residual`, orthogonal to the columns of A.
  init(rows: Int, columns: Int, conditionNumber: Double, residual: Double, seed: UInt64 = 0) throws
  {
    matrix = try tallMatrix(
      rows: rows, columns: columns, conditionNumber: conditionNumber, seed: seed)
    let direction: [Double] = normalVector(columns, seed: seed + 1)
    exact = direction.map { $0 / norm(direction) }
    // From the columns in another order, so that the rounding of this factorization is not that of a solver.
    var reversed = matrix
    for i in 0..<rows {
      for j in 0..<columns { reversed[i, j] = matrix[i, columns - 1 - j] }
    }
    let basis = DenseJacobian(try OrthogonalFactorization(reversed).orthonormalFactor())
    var noise: [Double] = normalVector(rows, seed: seed + 2)
    for _ in 0..<2 {
      let coordinates = try basis.transposedProduct(noise)
      noise = combination(1, noise, -1, try basis.product(coordinates))
    }
    let image = try DenseJacobian(matrix).product(exact)
    target = combination(1, image, residual / norm(noise), noise)
  }

  var system: DampedSystem<Double> { DampedSystem(jacobian: DenseJacobian(matrix)) }

  func solution(of solver: any LinearSolver, _ tolerance: Double = 0) throws
    -> (x: [Double], report: SolveReport)
  {
    let workspace = solver.makeWorkspace(for: Double.self)
    try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    var x = [Double](repeating: .nan, count: exact.count)
    var span = x.mutableSpan
    let report = try workspace.solve(
      DampedRightHandSide(target: target), tolerance: .relative(tolerance), into: &span)
    return (x, report)
  }

  /// ‖x − exact‖ / ‖exact‖.
  func forwardError(_ x: [Double]) -> Double { distance(x, exact) / norm(exact) }

  /// The size of the smallest change of A, relative to ‖A‖ = 1, that makes x an exact least-squares solution,
  /// to a factor of √2: the estimate of Karlson and Waldén (1997),
  /// ‖(AᵀA + ω² I)^(−½) Aᵀr‖ / ‖x‖ with ω = ‖r‖ / ‖x‖, from the decomposition of [A; ω I].
  func backwardError(_ x: [Double]) throws -> Double {
    let jacobian = DenseJacobian(matrix)
    let residual = combination(1, target, -1, try jacobian.product(x))
    let omega = norm(residual) / norm(x)
    let columns = matrix.columnCount
    var augmented = Matrix<Double>(rowCount: matrix.rowCount + columns, columnCount: columns)
    augmented.withMutableElements { elements in
      elements.withSlice(0..<matrix.storage.count) { Double.copy(matrix.storage.span, into: &$0) }
    }
    for i in 0..<columns { augmented[matrix.rowCount + i, i] = omega }
    // With [A; ω I] = QR, the norm is that of R⁻ᵀAᵀr = Qᵀ[r; 0].
    var factorization = try OrthogonalFactorization(augmented)
    var projected = residual + [Double](repeating: 0, count: columns)
    var span = projected.mutableSpan
    factorization.applyOrthogonal(.transposed, in: &span)
    return norm(Array(projected.prefix(columns))) / norm(x)
  }
}

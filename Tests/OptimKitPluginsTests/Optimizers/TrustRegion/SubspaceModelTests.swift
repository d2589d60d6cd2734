import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models of steps in random subspaces")
struct SubspaceModelTests {
  private let residuals: [Double] = normalVector(70, seed: 3)
  private let key = RandomKey(seed: 8, purpose: "subspace")

  private func fullModel(_ matrix: Matrix<Double>) throws -> DecomposedModel<Double> {
    try DecomposedModel(
      matrix, residuals: Array(residuals.prefix(matrix.rowCount)),
      scale: [Double](repeating: 1, count: matrix.columnCount),
      columns: Array(0..<matrix.columnCount), ledger: RunLedger())
  }

  @Test("are exact where the subspace holds the range of Aᵀ, tall or wide", arguments: [30, 110])
  func exactRank(columns: Int) throws {
    // Rank 8, of 70 rows.
    let left: Matrix<Double> = key.normalMatrix(70, 8)
    let right: Matrix<Double> = key.with(iteration: 1).normalMatrix(columns, 8)
    var matrix = Matrix<Double>(rowCount: 70, columnCount: columns)
    for i in 0..<70 {
      for j in 0..<columns { matrix[i, j] = (0..<8).reduce(0) { $0 + left[i, $1] * right[j, $1] } }
    }
    let full = try fullModel(matrix)
    for rank in [12, 200] {
      var model = try SubspaceModel(matrix, residuals: residuals, rank: rank, key: key)
      let largest = full.coordinates.values[0]
      #expect(model.coordinates.norm >= largest && model.coordinates.norm <= 2 * largest)
      for damping in [1e-3, 0.1, 100] {
        let step = model.step(model.coordinates.damped(by: damping))
        let expected = full.step(full.coordinates.damped(by: damping))
        #expect(step.count == columns)
        // Rounding of A in directions without singular values is a step of roundoff / μ.
        let rounding = 1e-15 * largest * norm(residuals) / damping
        #expect(
          distance(step, expected) <= rounding + 1e-12 * norm(expected), "\(rank), \(damping)")
      }
      let step = model.step(model.coordinates.damped(by: 0.1))
      // The damped normal equations.
      let jacobian = DenseJacobian(matrix)
      let image = combination(1, try jacobian.product(step), 1, residuals)
      let force = try jacobian.transposedProduct(image)
      #expect(distance(force, step.map { -0.1 * $0 }) <= 1e-12 * norm(residuals))
    }
  }

  @Test("foretell what their steps do, and miss little where singular values fall quickly")
  func decay() throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 70, columns: 40, conditionNumber: 1e8, spectrum: .geometric)
    var model = try SubspaceModel(matrix, residuals: residuals, rank: 20, key: key)
    let full = try fullModel(matrix)
    for damping in [1e-4, 1e-2] {
      let w = model.coordinates.damped(by: damping)
      let image = combination(1, try DenseJacobian(matrix).product(model.step(w)), 1, residuals)
      let actual =
        (Double.dot(residuals.span, residuals.span) - Double.dot(image.span, image.span)) / 2
      let predicted = model.coordinates.reduction(of: w)
      #expect(abs(actual - predicted) <= 1e-10 * actual)
      let best = full.coordinates.reduction(of: full.coordinates.damped(by: damping))
      #expect(predicted >= 0.99 * best && predicted <= 1.01 * best)
    }
  }
}

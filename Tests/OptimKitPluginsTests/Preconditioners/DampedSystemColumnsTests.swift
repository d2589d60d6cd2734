import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Columns, diagonal and diagonal blocks of the short-side matrix")
struct DampedSystemColumnsTests {
  @Test("are those of N, weighted, from structure, rows and products")
  func parts() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 23, features: 5, width: 100)
    let network = try CountedObjective<Double>(objective).linearize(
      at: objective.model.initialParameters(seed: 1).span
    ).jacobian
    let dense = DenseJacobian(
      try tallMatrix(rows: 40, columns: 23, conditionNumber: 10) as Matrix<Double>)
    let wide = DenseJacobian(dense.matrix.transposed())
    let all: [any JacobianProvider<Double>] = [
      network, dense, wide, ProductsOnlyJacobian(dense), ProductsOnlyJacobian(wide),
    ]
    for jacobian in all {
      let system = DampedSystem(
        jacobian: jacobian, curvatureFactor: (0..<jacobian.rowCount).map { 1 + Double($0 % 3) },
        damping: 0.25)
      let columns = (0..<23).map { column in
        let unit: [Double] = unitVector(column, of: 23)
        var result: [Double] = [Double](repeating: 0, count: 23)
        var span = result.mutableSpan
        try? system.applyNormal(unit.span, into: &span)
        result[column] -= 0.25
        return result
      }
      let diagonal: [Double] = try filled(23) { try system.copyUndampedDiagonal(into: &$0) }
      #expect(distance(diagonal, columns.indices.map { columns[$0][$0] }) < 1e-12 * norm(diagonal))
      let chosen: [Double] = try filled(2 * 23) {
        try system.copyUndampedColumns([7, 3], into: &$0)
      }
      #expect(distance(chosen, columns[7] + columns[3]) < 1e-12 * norm(chosen))
      guard !(jacobian is ProductsOnlyJacobian<Double>) else {
        #expect(errorKind { try system.diagonalBlocks(order: 4) } == .missingCapability)
        continue
      }
      for (number, block) in try system.diagonalBlocks(order: 9).enumerated() {
        #expect(block.rowCount == (number < 2 ? 9 : 5))
        for i in 0..<block.rowCount {
          for j in 0...i {
            let expected = columns[9 * number + i][9 * number + j] + (i == j ? 0.25 : 0)
            #expect(abs(block[i, j] - expected) < 1e-12 * norm(diagonal))
          }
        }
      }
    }
  }

  @Test("sum over all blocks of rows that a tall Jacobian is read in")
  func tall() throws {
    // 5 million elements: two blocks of rows.
    let rows = 250_000
    let matrix: Matrix<Double> = RandomKey(seed: 0, purpose: "tall").normalMatrix(rows, 20)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    var normal = Matrix<Double>(rowCount: 20, columnCount: 20)
    try system.formNormalMatrix(into: &normal)
    let diagonal: [Double] = try filled(20) { try system.copyUndampedDiagonal(into: &$0) }
    let blocks = try system.diagonalBlocks(order: 10)
    for i in 0..<20 {
      #expect(abs(diagonal[i] - normal[i, i]) < 1e-10 * normal[i, i])
      #expect(abs(blocks[i / 10][i % 10, i % 10] - normal[i, i]) < 1e-10 * normal[i, i])
    }
    #expect(abs(blocks[1][3, 1] - normal[13, 11]) < 1e-10 * normal[13, 13])
  }
}

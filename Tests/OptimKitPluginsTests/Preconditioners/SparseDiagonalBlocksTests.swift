import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Diagonal blocks from sparse rows")
struct SparseDiagonalBlocksTests {
  @Test("are those from dense rows, weighted or not, for any order", arguments: [1, 3, 4, 100])
  func blocks(order: Int) throws {
    var dense = Matrix<Double>(rowCount: 40, columnCount: 11)
    let values: [Double] = normalVector(440, seed: 6)
    for i in 0..<40 {
      for j in 0..<11 where (i * 7 + j * 3) % 5 < 2 { dense[i, j] = values[11 * i + j] }
    }
    let sparse = SparseJacobian(try SparseMatrix(dense))
    let weights: [Double] = (0..<40).map { 1 + Double($0 % 3) }
    let pairs = CurvatureFactor.blocks(
      order: 2, elements: (0..<20).flatMap { [1, 0, 0.5, 2 + Double($0 % 2)] })
    for curvature in [CurvatureFactor.identity, .diagonal(weights), pairs] {
      let one = try DampedSystem(
        jacobian: sparse, curvatureFactor: curvature, damping: 0.25
      ).diagonalBlocks(order: order)
      let other = try DampedSystem(
        jacobian: DenseJacobian(dense), curvatureFactor: curvature, damping: 0.25
      ).diagonalBlocks(order: order)
      #expect(one.count == other.count)
      for (one, other) in zip(one, other) {
        for i in 0..<one.rowCount {
          for j in 0...i { #expect(abs(one[i, j] - other[i, j]) < 1e-13 * (1 + abs(other[i, j]))) }
        }
      }
    }
  }
}

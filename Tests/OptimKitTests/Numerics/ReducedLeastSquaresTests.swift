import OptimKit
import OptimKitTesting
import Testing

@Suite("Tall least-squares problems made triangular")
struct ReducedLeastSquaresTests {
  /// One block, two, an odd number, many.
  static let shapes = [(1, 1), (5, 5), (9, 4), (40, 9), (61, 9), (700, 12), (1000, 1)]

  private let key = RandomKey(seed: 4, purpose: "least squares")

  @Test(
    "have the triangle and the projection of one factorization, but for signs", arguments: shapes)
  func agreesWithHouseholder(rows: Int, columns: Int) throws {
    let matrix: Matrix<Double> = key.normalMatrix(rows, columns)
    let b: [Double] = key.with(iteration: 1).normalVector(rows)
    let reduction = try ReducedLeastSquares(matrix, rightHandSide: b)
    var factorization = try OrthogonalFactorization(matrix)
    let expected = factorization.triangularFactor
    var projected = b
    var span = projected.mutableSpan
    factorization.applyOrthogonal(.transposed, in: &span)
    let tolerance = 1e-13 * norm(matrix.storage)
    for i in 0..<columns {
      // R is unique up to the signs of its rows, which c shares.
      let sign = (reduction.triangle[i, i] < 0) == (expected[i, i] < 0) ? 1.0 : -1.0
      for j in 0..<columns {
        #expect(abs(reduction.triangle[i, j] - sign * expected[i, j]) <= tolerance)
      }
      #expect(abs(reduction.rightHandSide[i] - sign * projected[i]) <= 1e-13 * norm(b))
    }
  }

  @Test("keep small singular values", arguments: [40, 400])
  func smallSingularValues(rows: Int) throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: rows, columns: 12, conditionNumber: 1e10, spectrum: .geometric)
    let b: [Double] = key.with(iteration: 1).normalVector(rows)
    let triangle = try ReducedLeastSquares(matrix, rightHandSide: b).triangle
    let values = try SingularValueDecomposition(triangle).values
    let expected = try SingularValueDecomposition(
      OrthogonalFactorization(matrix).triangularFactor
    ).values
    #expect(distance(values, expected) <= 1e-14 * expected[0])
  }

  @Test("are the same bits for any number of threads")
  func threads() throws {
    let matrix: Matrix<Float> = key.normalMatrix(900, 21)
    let b: [Float] = key.with(iteration: 1).normalVector(900)
    let bits = try [1, 2, 5].map { count in
      try ThreadPool.withThreadCount(count) {
        let reduction = try ReducedLeastSquares(matrix, rightHandSide: b)
        return (reduction.triangle.storage + reduction.rightHandSide).map(\.bitPattern)
      }
    }
    #expect(bits[0] == bits[1] && bits[0] == bits[2])
  }

  @Test("refuse NaN")
  func nonFinite() {
    #expect(
      errorKind {
        try ReducedLeastSquares(
          Matrix(rowCount: 2, columnCount: 1, storage: [1, Double.nan]), rightHandSide: [1, 2])
      } == .nonFiniteValue)
  }
}

import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Singular values of small matrices")
struct SmallDecompositionTests {
  private static let shapes = [[1, 1], [7, 1], [3, 3], [9, 4], [50, 9], [120, 16]]

  private func unit(_ j: Int, of count: Int) -> [Double] { (0..<count).map { $0 == j ? 1 : 0 } }

  private func check<Scalar: RealScalar>(_ matrix: Matrix<Scalar>, _ place: String) throws {
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    #expect(SmallDecomposition<Scalar>.serves(rows: rows, columns: columns))
    let decomposition = try SmallDecomposition(matrix)
    let values = decomposition.values.map { Double($0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && values.last! >= 0)
    let rounding = 20 * Double(Scalar.unitRoundoff) * Double(columns)
    let vectors = (0..<columns).map {
      decomposition.expand(unit($0, of: columns)).map { Double($0) }
    }
    for i in 0..<columns {
      for j in 0..<columns {
        let product = zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (i == j ? 1 : 0)) <= rounding, "\(place): V is not orthogonal")
      }
      // Uᵀ Qᵀ A vᵢ = σᵢ eᵢ.
      let image = (0..<rows).map { row in
        Scalar((0..<columns).reduce(0.0) { $0 + Double(matrix[row, $1]) * vectors[i][$1] })
      }
      let coordinates = decomposition.project(image)
      for j in 0..<columns {
        let expected = i == j ? values[i] : 0
        #expect(
          abs(coordinates[j] - expected) <= rounding * values[0], "\(place): \(i), \(j)")
      }
    }
  }

  @Test("are those of A V = Q U Σ with orthogonal factors", arguments: shapes)
  func factors(shape: [Int]) throws {
    let key = RandomKey(seed: 3, purpose: "small")
    try check(key.normalMatrix(shape[0], shape[1], of: Double.self), "double \(shape)")
    try check(key.normalMatrix(shape[0], shape[1], of: Float.self), "float \(shape)")
  }

  @Test("singular, zero, huge and tiny matrices")
  func extremes() throws {
    var matrix = RandomKey(seed: 4, purpose: "small").normalMatrix(12, 5, of: Double.self)
    for i in 0..<12 { (matrix[i, 2], matrix[i, 4]) = (0, 2 * matrix[i, 1]) }
    try check(matrix, "of rank three")
    let values = try SmallDecomposition(matrix).values
    #expect(values[3] <= 1e-15 * values[0] && values[4] <= 1e-15 * values[0])
    for scale in [1e200, 1e-200] {
      var scaled = matrix
      for i in 0..<12 { for j in 0..<5 { scaled[i, j] *= scale } }
      for (value, expected) in zip(try SmallDecomposition(scaled).values.prefix(3), values) {
        #expect(abs(value / scale - expected) <= 1e-14 * expected)
      }
    }
    #expect(
      try SmallDecomposition(Matrix<Double>(rowCount: 4, columnCount: 2)).values == [0, 0])
    matrix[3, 3] = .nan
    #expect(throws: OptimKitError.self) { try SmallDecomposition(matrix) }
  }

  /// Reflections of orthogonal columns, so that σ are the lengths of the columns.
  @Test("have small relative errors where columns are of very different lengths")
  func graded() throws {
    let lengths = [1, 1e-4, 1e-8, 1e-12, 1e-16]
    let normal = RandomKey(seed: 5, purpose: "small").normalVector(20, of: Double.self)
    let square = normal.reduce(0) { $0 + $1 * $1 }
    var matrix = Matrix<Double>(rowCount: 20, columnCount: 5)
    for i in 0..<20 {
      for j in 0..<5 {
        matrix[i, j] = lengths[j] * ((i == j ? 1 : 0) - 2 * normal[i] * normal[j] / square)
      }
    }
    for (value, length) in zip(try SmallDecomposition(matrix).values, lengths) {
      #expect(abs(value - length) <= 1e-13 * length, "\(value), \(length)")
    }
  }
}

import OptimKit
import OptimKitTesting
import Testing

/// A shape of sparse matrix, with random elements: every third row and every fifth column is empty.
struct SparseCase: CustomTestStringConvertible, Sendable {
  var rows: Int
  var columns: Int
  var density = 0.3
  var hasGaps = true

  var testDescription: String { "\(rows) × \(columns), density \(density)" }

  /// Odd shapes on both sides, one row, one column, one element, nothing stored, everything stored.
  static let all = [
    SparseCase(rows: 37, columns: 21), SparseCase(rows: 21, columns: 37),
    SparseCase(rows: 19, columns: 19), SparseCase(rows: 1, columns: 23),
    SparseCase(rows: 23, columns: 1, density: 0.8),
    SparseCase(rows: 1, columns: 1, density: 1, hasGaps: false),
    SparseCase(rows: 9, columns: 13, density: 0),
    SparseCase(rows: 13, columns: 9, density: 1, hasGaps: false),
  ]

  func matrix<Scalar: RealScalar>(of type: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
    let key = RandomKey(seed: UInt64(rows * 100 + columns), purpose: "sparse case")
    var result: Matrix<Scalar> = key.normalMatrix(rows, columns)
    var stream = key.with(iteration: 1).stream()
    for i in 0..<rows {
      for j in 0..<columns {
        let isStored = stream.uniform() < density
        if !isStored || hasGaps && (i % 3 == 2 || j % 5 == 4) { result[i, j] = 0 }
      }
    }
    return result
  }

  func jacobian<Scalar: RealScalar>() throws -> SparseJacobian<Scalar> {
    SparseJacobian(try SparseMatrix(matrix()))
  }

  func factor<Scalar: RealScalar>() -> [Scalar] { (0..<rows).map { 0.5 + Scalar($0 % 4) / 4 } }

  /// A, the tall one of T and Tᵀ, with T = C J.
  func tall<Scalar: RealScalar>(_ factor: [Scalar]?) -> Matrix<Scalar> {
    var result: Matrix<Scalar> = matrix()
    for (i, factor) in (factor ?? []).enumerated() {
      for j in 0..<columns { result[i, j] *= factor }
    }
    return rows <= columns ? result.plainlyTransposed : result
  }
}

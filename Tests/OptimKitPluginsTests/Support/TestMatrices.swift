import Foundation
import OptimKit

/// The spectra that sketches and solvers are tried on.
enum Spectrum: String, CaseIterable, Sendable {
  /// All singular values 1.
  case flat
  /// Singular values falling geometrically.
  case geometric
  /// Two clusters of singular values, and a few rows that carry most of the weight (coherent rows).
  case clustered
}

/// A tall matrix A = U Σ Vᵀ with singular values between 1 and 1 / `conditionNumber`.
func tallMatrix<Scalar: RealScalar>(
  rows: Int, columns: Int, conditionNumber: Double, spectrum: Spectrum = .geometric,
  seed: UInt64 = 0
) throws -> Matrix<Scalar> {
  let key = RandomKey(seed: seed, purpose: "test matrices")
  let left = try orthonormalColumns(
    rows: rows, columns: columns, key: key, isCoherent: spectrum == .clustered)
  var right = try orthonormalColumns(
    rows: columns, columns: columns, key: key.with(iteration: 1), isCoherent: false)
  for i in 0..<columns {
    let position = columns == 1 ? 0 : Double(i) / Double(columns - 1)
    let value =
      switch spectrum {
      case .flat: 1.0
      case .geometric: pow(conditionNumber, -position)
      case .clustered: position < 0.5 ? 1 : 1 / conditionNumber
      }
    // Rows of `right` are columns of V: row i is scaled by singular value i.
    for j in 0..<columns { right[i, j] *= value }
  }
  var product = Matrix<Double>(rowCount: rows, columnCount: columns)
  product.withMutableElements {
    Double.multiply(
      left.storage.span, .plain, right.storage.span, .plain, rows: rows, inner: columns,
      columns: columns,
      into: &$0)
  }
  return try Matrix(rowCount: rows, columnCount: columns, storage: product.storage.map(Scalar.init))
}

private func orthonormalColumns(
  rows: Int, columns: Int, key: RandomKey, isCoherent: Bool
) throws -> Matrix<Double> {
  var matrix = Matrix<Double>(rowCount: rows, columnCount: columns)
  matrix.withMutableElements { key.fillNormal(&$0) }
  if isCoherent {
    for i in 0..<min(rows, columns / 2) {
      for j in 0..<columns { matrix[i, j] *= 1e3 }
    }
  }
  return try OrthogonalFactorization(matrix).orthonormalFactor()
}

/// A vector of standard normal numbers.
func normalVector<Scalar: RealScalar>(_ count: Int, seed: UInt64) -> [Scalar] {
  var vector = [Scalar](repeating: 0, count: count)
  var span = vector.mutableSpan
  RandomKey(seed: seed, purpose: "test vectors").fillNormal(&span)
  return vector
}

import Foundation
import OptimKit

/// The spectra that sketches and solvers are tried on.
public enum Spectrum: String, CaseIterable, Sendable {
  /// All singular values 1.
  case flat
  /// Singular values falling geometrically.
  case geometric
  /// Half of the singular values 1, half at the other end.
  case clustered
}

/// A tall random matrix A = U Σ Vᵀ with singular values between 1 and 1 / `conditionNumber`.
///
/// - Parameters:
///   - rows: At least `columns`.
///   - columns: At least 1.
///   - conditionNumber: κ(A) ≥ 1; a flat spectrum has 1 whatever is given.
///   - spectrum: How the singular values are spread; geometric by default.
///   - isCoherent: Whether a few rows carry most of the weight, so that sampling rows uniformly misses them;
///     by default for the clustered spectrum alone.
///   - seed: The source of U and V.
/// - Complexity: O(rows · columns²).
/// - Throws: `OptimKitError` where a size or the condition number is outside its domain.
public func tallMatrix<Scalar: RealScalar>(
  rows: Int, columns: Int, conditionNumber: Double, spectrum: Spectrum = .geometric,
  isCoherent: Bool? = nil, seed: UInt64 = 0
) throws -> Matrix<Scalar> {
  guard columns > 0, rows >= columns, conditionNumber >= 1, conditionNumber.isFinite else {
    throw OptimKitError(
      .invalidArgument,
      cause: "a tall matrix of \(rows) × \(columns) with condition number \(conditionNumber)",
      remedy:
        "choose at least one column, no fewer rows, and a finite condition number of at least 1")
  }
  let key = RandomKey(seed: seed, purpose: "synthetic matrix")
  let left = try orthonormalColumns(
    rows: rows, columns: columns, key: key, isCoherent: isCoherent ?? (spectrum == .clustered))
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
      columns: columns, into: &$0)
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

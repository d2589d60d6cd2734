import OptimKit

/// A Jacobian given as a matrix: the simplest provider that can write out its rows.
///
/// For problems so small that a dense Jacobian is no burden. Storage: that of the matrix.
public struct DenseJacobian<Scalar: RealScalar>: RowAccessible {
  /// The matrix J.
  public let matrix: Matrix<Scalar>

  /// Creates the provider of a matrix.
  public init(_ matrix: Matrix<Scalar>) { self.matrix = matrix }

  /// The number of rows n.
  public var rowCount: Int { matrix.rowCount }

  /// The number of columns p.
  public var columnCount: Int { matrix.columnCount }

  /// result ← J x.
  ///
  /// - Complexity: O(n p).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.fill(&result, with: 0)
    Scalar.multiply(
      matrix.storage.span, rows: rowCount, columns: columnCount, by: x, into: &result)
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(n p).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.fill(&result, with: 0)
    Scalar.multiply(
      matrix.storage.span, rows: rowCount, columns: columnCount, .transposed, by: u, into: &result)
  }

  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · p).
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    let elements = rows.lowerBound * columnCount..<rows.upperBound * columnCount
    Scalar.copy(matrix.storage.span.extracting(elements), into: &result)
  }
}

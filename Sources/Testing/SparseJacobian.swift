import OptimKit

/// A Jacobian given as a sparse matrix: the simplest provider of sparse rows.
///
/// Storage: that of the matrix and of its transpose, which makes products with Jᵀ as fast as those with J.
public struct SparseJacobian<Scalar: RealScalar>: SparseRows {
  /// The matrix J.
  public let matrix: SparseMatrix<Scalar>

  private let transposed: SparseMatrix<Scalar>

  /// Creates the provider of a matrix.
  ///
  /// - Complexity: O(n + p + stored elements).
  public init(_ matrix: SparseMatrix<Scalar>) {
    self.matrix = matrix
    transposed = matrix.transposed()
  }

  /// The number of rows n.
  public var rowCount: Int { matrix.rowCount }

  /// The number of columns p.
  public var columnCount: Int { matrix.columnCount }

  /// result ← J x.
  ///
  /// - Complexity: O(n + stored elements).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    matrix.apply(x, into: &result)
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(p + stored elements).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    transposed.apply(u, into: &result)
  }

  /// result ← where rows start, and where the last one ends.
  ///
  /// - Complexity: O(n).
  public func copyRowOffsets(into result: inout MutableSpan<Int>) {
    for row in result.indices { result[row] = matrix.rowOffsets[row] }
  }

  /// columns, values ← the stored elements of rows `rows`.
  ///
  /// - Complexity: O(elements copied).
  public func copySparseRows(
    _ rows: Range<Int>, columns: inout MutableSpan<Int32>, values: inout MutableSpan<Scalar>
  ) {
    let range = matrix.rowOffsets[rows.lowerBound]..<matrix.rowOffsets[rows.upperBound]
    precondition(columns.count == range.count && values.count == range.count)
    Scalar.copy(matrix.values.span.extracting(range), into: &values)
    for (position, place) in range.enumerated() { columns[position] = matrix.columnIndices[place] }
  }
}

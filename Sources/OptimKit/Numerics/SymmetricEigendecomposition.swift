import COpenBLAS

/// The decomposition A = V Λ Vᵀ of a symmetric matrix.
///
/// Storage: the order² scalars of the matrix it was made from, which it takes over and gives back with
/// `recoverStorage()`, and the eigenvalues; 2 order² + 6 order + 1 more while it is made.
public struct SymmetricEigendecomposition<Scalar: RealScalar>: Sendable {
  /// The eigenvalues, in ascending order.
  public let values: [Scalar]
  private let vectors: Matrix<Scalar>

  /// The order of the matrix.
  public var order: Int { values.count }

  /// Decomposes the symmetric matrix whose lower triangle `matrix` holds, by divide and conquer.
  ///
  /// - Complexity: About 9 order³, most of it in matrix products.
  /// - Throws: ``OptimKitError`` where the lower triangle holds NaN or infinity, or LAPACK's iteration does
  ///   not converge.
  public init(_ matrix: consuming Matrix<Scalar>) throws {
    var workspace: AlignedBuffer<Scalar>?
    try self.init(matrix, workspace: &workspace)
  }

  /// Decomposes a matrix in the memory of an earlier decomposition of the same order.
  package init(
    _ matrix: consuming Matrix<Scalar>, workspace: inout AlignedBuffer<Scalar>?
  ) throws {
    precondition(matrix.rowCount == matrix.columnCount, "the matrix is square")
    let order = matrix.rowCount
    var size = blasint(order)
    var workSize = blasint(1 + 6 * order + 2 * order * order)
    var integerWorkSize = blasint(3 + 5 * order)
    let work = AlignedBuffer.reserve(&workspace, Int(workSize)).baseAddress
    var integerWork = [blasint](repeating: 0, count: Int(integerWorkSize))
    var values = Scalar.zeros(order)
    var status: blasint = 0
    guard (0..<order).allSatisfy({ matrix.isFinite(row: $0, first: $0 + 1) }) else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a matrix to be decomposed holds NaN or infinity",
        remedy: "check what the model returns at this point")
    }
    if order > 0 {
      matrix.storage.withUnsafeMutableBufferPointer {
        Scalar.routines.lapack.syevd(
          "V", MatrixTriangle.lower.lapack, &size, $0.baseAddress, &size, &values, work,
          &workSize, &integerWork, &integerWorkSize, &status, 1, 1)
      }
    }
    guard status == 0 else {
      throw OptimKitError(
        .noConvergence, cause: "LAPACK's eigenvalue iteration did not converge",
        remedy: "scale the matrix, or check it for extreme values")
    }
    self.values = values
    vectors = matrix
  }

  /// The eigenvectors, one in each row, in the order of the values.
  public var vectorsAsRows: Matrix<Scalar> { vectors }

  /// result ← Vᵀx.
  ///
  /// - Complexity: O(order²).
  public func project(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(vectors.storage.span, rows: order, columns: order, by: x, into: &result)
  }

  /// result ← V y.
  ///
  /// - Complexity: O(order²).
  public func expand(_ y: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(
      vectors.storage.span, rows: order, columns: order, .transposed, by: y, into: &result)
  }

  /// Gives the storage back for the next matrix of the same order.
  public consuming func recoverStorage() -> Matrix<Scalar> { vectors }
}

extension Matrix {
  /// Whether the first elements of a row are finite.
  fileprivate func isFinite(row: Int, first count: Int) -> Bool {
    let start = row * columnCount
    return Scalar.firstNonFiniteIndex(in: storage.span.extracting(start..<start + count)) == nil
  }
}

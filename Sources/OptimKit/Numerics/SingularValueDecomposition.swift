import COpenBLAS

/// The decomposition A = U Σ Vᵀ of a square matrix, such as the triangle of a QR factorization.
///
/// Small singular values are accurate to a few roundoffs of the largest: the condition number is not squared, as it
/// is by the eigenvalues of AᵀA.
///
/// Storage: 2 order² scalars; 5 order² + 135 order more while it is made.
public struct SingularValueDecomposition<Scalar: RealScalar>: Sendable {
  /// The singular values, in descending order.
  public let values: [Scalar]
  /// U, with one left vector in each column.
  private let left: [Scalar]
  /// Vᵀ, with one right vector in each row.
  private let right: [Scalar]

  /// The order of the matrix.
  public var order: Int { values.count }

  /// Decomposes `matrix`, by divide and conquer.
  ///
  /// - Complexity: About 20 order³.
  /// - Throws: ``OptimKitError`` where the matrix holds NaN or infinity, or LAPACK's iteration does not converge.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public init(_ matrix: consuming Matrix<Scalar>) throws {
    precondition(matrix.rowCount == matrix.columnCount, "the matrix is square")
    try matrix.requireFinite(toBe: "decomposed")
    let order = matrix.rowCount
    var size = blasint(order)
    var workSize = blasint(4 * order * order + 135 * order)
    var work = Scalar.zeros(Int(workSize))
    var integerWork = [blasint](repeating: 0, count: 8 * order)
    var values = Scalar.zeros(order)
    // LAPACK is column-major and sees Aᵀ = V Σ Uᵀ: where it writes its left vectors, row-major eyes find Vᵀ.
    var left = Scalar.zeros(order * order)
    var right = Scalar.zeros(order * order)
    var status: blasint = 0
    if order > 0 {
      matrix.storage.withUnsafeMutableBufferPointer {
        Scalar.routines.lapack.gesdd(
          "A", &size, &size, $0.baseAddress, &size, &values, &right, &size, &left, &size, &work,
          &workSize, &integerWork, &status, 1)
      }
    }
    guard status == 0 else {
      throw OptimKitError(
        .noConvergence, cause: "LAPACK's singular value iteration did not converge",
        remedy: "scale the matrix, or check it for extreme values")
    }
    self.values = values
    self.left = left
    self.right = right
  }

  /// result ← Uᵀx.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func projectLeft(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(left.span, rows: order, columns: order, .transposed, by: x, into: &result)
  }

  /// result ← U y.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func expandLeft(_ y: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(left.span, rows: order, columns: order, by: y, into: &result)
  }

  /// result ← Vᵀx.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func projectRight(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(right.span, rows: order, columns: order, by: x, into: &result)
  }

  /// result ← V y.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func expandRight(_ y: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(right.span, rows: order, columns: order, .transposed, by: y, into: &result)
  }
}

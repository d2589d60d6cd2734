import COpenBLAS

extension Matrix {
  /// An estimate of 1 / κ₁ of the triangular matrix that this square matrix holds; 0 where it is singular.
  ///
  /// - Complexity: O(order²).
  public func triangularReciprocalConditionNumber(_ triangle: MatrixTriangle) -> Scalar {
    precondition(rowCount == columnCount, "the matrix is square")
    guard rowCount > 0 else { return 1 }
    var size = blasint(rowCount)
    var status: blasint = 0
    var reciprocal = Scalar(0)
    var work = Scalar.zeros(3 * rowCount)
    var integerWork = [blasint](repeating: 0, count: rowCount)
    storage.withUnsafeBufferPointer {
      // LAPACK sees the transposed matrix: its norm "I" is our norm 1.
      Scalar.routines.lapack.trcon(
        "I", triangle.lapack, "N", &size, $0.baseAddress, &size, &reciprocal, &work, &integerWork,
        &status, 1, 1, 1)
    }
    return reciprocal
  }
}

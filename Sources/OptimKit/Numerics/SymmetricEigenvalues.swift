import COpenBLAS

extension Matrix {
  /// The eigenvalues of the symmetric matrix whose lower triangle this matrix holds, in ascending
  /// order. A diagnostic: condition numbers, effective dimensions, spectra.
  ///
  /// - Complexity: O(order³).
  /// - Throws: ``OptimKitError`` where the matrix is not square, holds NaN or infinity, or LAPACK's
  ///   iteration does not converge.
  public func symmetricEigenvalues() throws -> [Scalar] {
    guard rowCount == columnCount else {
      throw OptimKitError(
        .dimensionMismatch, cause: "eigenvalues of a \(rowCount) × \(columnCount) matrix",
        remedy: "pass a square matrix")
    }
    guard Scalar.firstNonFiniteIndex(in: storage.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "eigenvalues of a matrix that holds NaN or infinity",
        remedy: "check the data it was made from")
    }
    guard rowCount > 0 else { return [] }
    var matrix = storage
    var values = Scalar.zeros(rowCount)
    var size = blasint(rowCount)
    // Workspace that LAPACK documents for values without vectors.
    var workSize = blasint(2 * rowCount + 1)
    var integerWorkSize: blasint = 1
    var work = Scalar.zeros(Int(workSize))
    var integerWork: blasint = 0
    var status: blasint = 0
    Scalar.routines.lapack.syevd(
      "N", MatrixTriangle.lower.lapack, &size, &matrix, &size, &values, &work, &workSize,
      &integerWork, &integerWorkSize, &status, 1, 1)
    guard status == 0 else {
      throw OptimKitError(
        .noConvergence, cause: "LAPACK's eigenvalue iteration did not converge",
        remedy: "scale the matrix, or check it for extreme values")
    }
    return values
  }
}

import COpenBLAS

extension Matrix {
  /// The eigenvalues, in ascending order, and eigenvectors of the symmetric matrix whose lower triangle this
  /// matrix holds. Row i of `vectors` is the eigenvector of `values[i]`.
  ///
  /// - Complexity: O(order³). Storage: 3 order² scalars.
  /// - Throws: `OptimKitError` where the matrix holds NaN or infinity, or LAPACK's iteration does not
  ///   converge.
  package consuming func symmetricEigenvectors() throws -> (values: [Scalar], vectors: Self) {
    precondition(rowCount == columnCount, "the matrix is square")
    guard Scalar.firstNonFiniteIndex(in: storage.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "eigenvectors of a matrix that holds NaN or infinity",
        remedy: "check what the model returns at this point")
    }
    var vectors = self
    let order = vectors.rowCount
    var values = Scalar.zeros(order)
    guard order > 0 else { return (values, vectors) }
    var size = blasint(order)
    // Workspace that LAPACK documents for values with vectors.
    var workSize = blasint(1 + 6 * order + 2 * order * order)
    var integerWorkSize = blasint(3 + 5 * order)
    var work = Scalar.zeros(Int(workSize))
    var integerWork = [blasint](repeating: 0, count: Int(integerWorkSize))
    var status: blasint = 0
    vectors.storage.withUnsafeMutableBufferPointer {
      Scalar.routines.syevd(
        "V", MatrixTriangle.lower.lapack, &size, $0.baseAddress, &size, &values, &work, &workSize,
        &integerWork, &integerWorkSize, &status, 1, 1)
    }
    guard status == 0 else {
      throw OptimKitError(
        .noConvergence, cause: "LAPACK's eigenvalue iteration did not converge",
        remedy: "scale the matrix, or check it for extreme values")
    }
    return (values, vectors)
  }
}

import OptimKit

/// The memory of a sketched system and of its factor.
struct SketchStorage<Scalar: RealScalar> {
  /// [S A; √μ I], to be factored.
  var sketched: Matrix<Scalar>?
  /// R or Rᵀ.
  var factor: Matrix<Scalar>?

  /// Takes a matrix out, of the shape wanted; it may hold anything.
  static func take(_ matrix: inout Matrix<Scalar>?, rows: Int, columns: Int) -> Matrix<Scalar> {
    if let fitting = matrix.take(), fitting.rowCount == rows, fitting.columnCount == columns {
      return fitting
    }
    return Matrix(rowCount: rows, columnCount: columns)
  }
}

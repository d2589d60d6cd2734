/// The triangular factor R of a tall matrix A = QR that comes in blocks of rows: each is factored below the R of those
/// before it. So RᵀR = AᵀA without the square of A's condition number.
///
/// Storage: 3 p² scalars and two blocks. Cost: O(n p²).
struct TriangularAccumulator<Scalar: RealScalar> {
  /// R, p × p, zeros below the diagonal.
  private(set) var triangle: Matrix<Scalar>

  /// Starts with no rows.
  init(columnCount: Int) {
    triangle = Matrix(rowCount: columnCount, columnCount: columnCount)
  }

  /// Adds rows.
  ///
  /// - Throws: ``OptimKitError`` where they hold NaN or infinity.
  mutating func add(_ rows: Matrix<Scalar>) throws {
    var stack = triangle
    stack.appendRows(of: rows)
    triangle = try OrthogonalFactorization(stack).triangularFactor
  }
}

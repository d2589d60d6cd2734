import OptimKit

/// The model ½‖A δ + r‖² of a step δ in a subspace with orthonormal basis Q, with A Q made triangular, then bidiagonal.
package struct SubspaceModel<Scalar: RealScalar> {
  /// The problem in the coordinates of the bidiagonal matrix.
  package let coordinates: BidiagonalCoordinates
  /// Q, p × s; nil where the subspace is everything.
  private let basis: Matrix<Scalar>?
  private var triangular: OrthogonalFactorization<Scalar>
  private var bidiagonal: BidiagonalFactorization<Scalar>

  /// - Parameters:
  ///   - matrix: A.
  ///   - residuals: r.
  ///   - rank: s; no subspace where A has no more rows or columns.
  ///   - key: What the subspace is drawn from.
  package init(
    _ matrix: consuming Matrix<Scalar>, residuals: [Scalar], rank: Int, key: RandomKey
  ) throws {
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    var remaining: Matrix<Scalar>? = consume matrix
    if rank < min(rows, columns) {
      let basis = try Self.subspace(of: remaining!, rank: rank, key: key)
      var image = Matrix<Scalar>(rowCount: rows, columnCount: rank)
      let elements = remaining.take()!.storage
      image.withMutableElements {
        Scalar.multiply(
          elements.span, .plain, basis.storage.span, .plain, rows: rows, inner: columns,
          columns: rank, into: &$0)
      }
      self.basis = basis
      remaining = image
    } else {
      basis = nil
    }
    var triangular = try OrthogonalFactorization(remaining.take()!)
    var bidiagonal = try BidiagonalFactorization(triangular.triangularFactor)
    let values = try bidiagonal.singularValues().map { Double($0) }
    var projected = residuals
    var span = projected.mutableSpan
    if triangular.isTall { triangular.applyOrthogonal(.transposed, in: &span) }
    let order = bidiagonal.order
    span.withSlice(0..<order) { bidiagonal.projectLeft(&$0) }
    coordinates = BidiagonalCoordinates(
      diagonal: bidiagonal.diagonal.map { Double($0) },
      subdiagonal: bidiagonal.subdiagonal.map { Double($0) },
      coefficients: projected.prefix(order).map { Double($0) }, values: values,
      cutoff: Double(max(rows, columns)) * Double(Scalar.unitRoundoff))
    self.triangular = triangular
    self.bidiagonal = bidiagonal
  }

  /// An orthonormal basis of the range of Aᵀ Ψ.
  private static func subspace(
    of matrix: Matrix<Scalar>, rank: Int, key: RandomKey
  ) throws -> Matrix<Scalar> {
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    var sketch = Matrix<Scalar>(rowCount: rows, columnCount: rank)
    sketch.withMutableElements { key.fillNormal(&$0) }
    var image = Matrix<Scalar>(rowCount: columns, columnCount: rank)
    image.withMutableElements {
      Scalar.multiply(
        matrix.storage.span, .transposed, sketch.storage.span, .plain, rows: columns, inner: rows,
        columns: rank, into: &$0)
    }
    return try OrthogonalFactorization(image).orthonormalFactor()
  }

  /// δ for w.
  ///
  /// - Complexity: O(s (s + p)), and O(n p) where there is no subspace and A is wide. LAPACK borrows memory of the
  ///   factorizations meanwhile, hence `mutating`.
  package mutating func step(_ w: [Double]) -> [Scalar] {
    let order = bidiagonal.order
    var reduced = Scalar.zeros(triangular.columnCount)
    for i in 0..<order { reduced[i] = Scalar(w[i]) }
    var span = reduced.mutableSpan
    span.withSlice(0..<order) { bidiagonal.expandRight(&$0) }
    if !triangular.isTall { triangular.applyOrthogonal(.transposed, in: &span) }
    guard let basis else { return reduced }
    var result = Scalar.zeros(basis.rowCount)
    var target = result.mutableSpan
    Scalar.multiply(
      basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, by: reduced.span,
      into: &target)
    return result
  }
}

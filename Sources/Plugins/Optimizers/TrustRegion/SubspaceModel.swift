import OptimKit

/// The model ½‖A δ + r‖² of a step δ in a subspace with orthonormal basis Q, with A Q made triangular, then bidiagonal.
package struct SubspaceModel<Scalar: RealScalar> {
  /// The problem in the coordinates of the bidiagonal matrix.
  package let coordinates: BidiagonalCoordinates
  /// Qᵀ, s × p; nil where the subspace is everything.
  private let basis: Matrix<Scalar>?
  /// A Q = L P where that is wide; nil where it is tall.
  private var wide: OrthogonalFactorization<Scalar>?
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
          elements.span, .plain, basis.storage.span, .transposed, rows: rows, inner: columns,
          columns: rank, into: &$0)
      }
      self.basis = basis
      remaining = image
    } else {
      basis = nil
    }
    let reduced = remaining.take()!
    let triangle: Matrix<Scalar>
    var projected: [Scalar]
    if reduced.rowCount >= reduced.columnCount {
      let reduction = try ReducedLeastSquares(reduced, rightHandSide: residuals)
      (triangle, projected, wide) = (reduction.triangle, reduction.rightHandSide, nil)
    } else {
      let factorization = try OrthogonalFactorization(reduced)
      triangle = factorization.triangularFactor
      (projected, wide) = (residuals, factorization)
    }
    var bidiagonal = try BidiagonalFactorization(triangle)
    var span = projected.mutableSpan
    bidiagonal.projectLeft(&span)
    coordinates = BidiagonalCoordinates(
      diagonal: bidiagonal.diagonal.map { Double($0) },
      subdiagonal: bidiagonal.subdiagonal.map { Double($0) },
      coefficients: projected.map { Double($0) },
      cutoff: Double(max(rows, columns)) * Double(Scalar.unitRoundoff))
    self.bidiagonal = bidiagonal
  }

  /// An orthonormal basis of the range of (Ψ A)ᵀ, for a sparse sign sketch Ψ of s rows.
  private static func subspace(
    of matrix: Matrix<Scalar>, rank: Int, key: RandomKey
  ) throws -> Matrix<Scalar> {
    let sketch = try SparseSignSketcher().makeSketch(
      rows: rank, columns: matrix.rowCount, key: key)
    return try OrthogonalFactorization(sketch.applied(to: matrix)).orthonormalFactor()
  }

  /// δ for w.
  ///
  /// - Complexity: O(s (s + p)), and O(n p) where there is no subspace and A is wide. LAPACK borrows memory of the
  ///   factorizations meanwhile, hence `mutating`.
  package mutating func step(_ w: [Double]) -> [Scalar] {
    let order = bidiagonal.order
    var reduced = Scalar.zeros(wide?.columnCount ?? order)
    for i in 0..<order { reduced[i] = Scalar(w[i]) }
    var span = reduced.mutableSpan
    span.withSlice(0..<order) { bidiagonal.expandRight(&$0) }
    wide?.applyOrthogonal(.transposed, in: &span)
    guard let basis else { return reduced }
    var result = Scalar.zeros(basis.columnCount)
    var target = result.mutableSpan
    Scalar.multiply(
      basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, .transposed,
      by: reduced.span, into: &target)
    return result
  }
}

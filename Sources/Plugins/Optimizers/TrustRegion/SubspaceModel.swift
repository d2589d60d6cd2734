import OptimKit

/// The model ½‖A δ + r‖² of a step δ = Q V w in a subspace with orthonormal basis Q, with A Q decomposed
/// (`ThinDecomposition`).
package struct SubspaceModel<Scalar: RealScalar> {
  /// σ and c.
  package let coordinates: SpectralCoordinates
  /// Q, p × s; nil where the subspace is everything.
  private let basis: Matrix<Scalar>?
  private let decomposition: ThinDecomposition<Scalar>

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
    decomposition = try ThinDecomposition(remaining.take()!)
    coordinates = decomposition.coordinates(
      of: residuals, cutoff: Double(max(rows, columns)) * Double(Scalar.unitRoundoff))
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
  /// - Complexity: O(s (s + p)), and O(n p) where there is no subspace and A is wide.
  package func step(_ w: [Double]) -> [Scalar] {
    let reduced = decomposition.expand(w)
    guard let basis else { return reduced }
    var result = Scalar.zeros(basis.rowCount)
    var target = result.mutableSpan
    Scalar.multiply(
      basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, by: reduced.span,
      into: &target)
    return result
  }
}

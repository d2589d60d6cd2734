import OptimKit

/// The model ½‖A δ + r‖² of a step δ = Q V w in a subspace with orthonormal basis Q: A Q = P U Σ Vᵀ, by QR and singular
/// values.
struct SubspaceModel<Scalar: RealScalar> {
  /// σ and c = Uᵀ Pᵀ r.
  let coordinates: SpectralCoordinates
  /// Q, p × s; nil where the subspace is everything.
  private let basis: Matrix<Scalar>?
  private let factorization: OrthogonalFactorization<Scalar>
  private let decomposition: SingularValueDecomposition<Scalar>

  /// - Parameters:
  ///   - matrix: A.
  ///   - residuals: r.
  ///   - rank: s; no subspace where A has no more rows or columns.
  ///   - key: What the subspace is drawn from.
  init(
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
    var factorization = try OrthogonalFactorization(remaining.take()!)
    let decomposition = try SingularValueDecomposition(factorization.triangularFactor)
    var rotated = residuals
    if factorization.isTall {
      var span = rotated.mutableSpan
      factorization.applyOrthogonal(.transposed, in: &span)
    }
    var coefficients = Scalar.zeros(decomposition.order)
    var target = coefficients.mutableSpan
    decomposition.projectLeft(rotated.span.extracting(first: decomposition.order), into: &target)
    coordinates = SpectralCoordinates(
      values: decomposition.values.map { Double($0) },
      coefficients: coefficients.map { Double($0) },
      cutoff: Double(max(rows, columns)) * Double(Scalar.unitRoundoff))
    self.factorization = factorization
    self.decomposition = decomposition
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
  /// - Complexity: O(s (s + p)).
  func step(_ w: [Double]) -> [Scalar] {
    let short = w.map { Scalar($0) }
    var reduced = Scalar.zeros(short.count)
    var span = reduced.mutableSpan
    decomposition.expandRight(short.span, into: &span)
    if let basis {
      var result = Scalar.zeros(basis.rowCount)
      var target = result.mutableSpan
      Scalar.multiply(
        basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, by: reduced.span,
        into: &target)
      return result
    }
    guard !factorization.isTall else { return reduced }
    var result = reduced + Scalar.zeros(factorization.columnCount - reduced.count)
    var target = result.mutableSpan
    var factorization = factorization
    factorization.applyOrthogonal(.transposed, in: &target)
    return result
  }
}

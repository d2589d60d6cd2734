import OptimKit

/// The thin singular value decomposition A = Q U Σ Vᵀ by a QR factorization and the singular values of its triangle;
/// where A is wide, A = U Σ Vᵀ Qᵀ by that of Aᵀ.
///
/// Small matrices are decomposed without LAPACK (`SmallDecomposition`).
///
/// Cost: 2 l k² + 20 k³ for the long and the short side of A. Storage: l k + 4 k² scalars.
final class ThinDecomposition<Scalar: RealScalar> {
  private let small: SmallDecomposition<Scalar>?
  // Products with the orthogonal factor use its memory.
  private var factorization: OrthogonalFactorization<Scalar>?
  private let decomposition: SingularValueDecomposition<Scalar>?

  /// - Throws: `OptimKitError` of kind `nonFiniteValue` where an element is NaN or infinite.
  init(_ matrix: consuming Matrix<Scalar>) throws {
    if SmallDecomposition<Scalar>.serves(rows: matrix.rowCount, columns: matrix.columnCount) {
      small = try SmallDecomposition(matrix)
      decomposition = nil
      return
    }
    small = nil
    let factorization = try OrthogonalFactorization(matrix)
    decomposition = try SingularValueDecomposition(factorization.triangularFactor)
    self.factorization = factorization
  }

  /// σ with c = Uᵀ Qᵀ r.
  ///
  /// - Parameter cutoff: The singular values, relative to the largest, that are rounding.
  func coordinates(of residuals: [Scalar], cutoff: Double) -> SpectralCoordinates {
    let values = small?.values ?? decomposition?.values ?? []
    return SpectralCoordinates(
      values: values.map { Double($0) }, coefficients: project(residuals), cutoff: cutoff)
  }

  /// Uᵀ Qᵀ r, or Uᵀ r where A is wide.
  ///
  /// - Complexity: O(l k).
  func project(_ residuals: [Scalar]) -> [Double] {
    guard let decomposition else { return small?.project(residuals) ?? [] }
    var rotated = residuals
    if factorization?.isTall == true {
      var span = rotated.mutableSpan
      factorization?.applyOrthogonal(.transposed, in: &span)
    }
    var result = Scalar.zeros(decomposition.order)
    var target = result.mutableSpan
    decomposition.projectLeft(rotated.span.extracting(first: decomposition.order), into: &target)
    return result.map { Double($0) }
  }

  /// V w, or Q V w where A is wide: one element a column of A.
  ///
  /// - Complexity: O(k²), and O(l k) where A is wide.
  func expand(_ w: [Double]) -> [Scalar] {
    guard let decomposition else { return small?.expand(w) ?? [] }
    let short = w.map { Scalar($0) }
    var result = Scalar.zeros(factorization?.columnCount ?? 0)
    var span = result.mutableSpan
    span.withSlice(0..<short.count) { decomposition.expandRight(short.span, into: &$0) }
    if factorization?.isTall == false { factorization?.applyOrthogonal(.transposed, in: &span) }
    return result
  }
}

import OptimKit

/// The model ½‖A δ + r‖² of a step, with A D⁻¹ decomposed (`ThinDecomposition`).
///
/// One decomposition serves steps of every damping, radius and cutoff, each for O(p²).
///
/// Cost: 2 l k² + 20 k³ for the long and the short side of A. Storage: l k + 8 k² scalars.
package final class DecomposedModel<Scalar: RealScalar> {
  /// σ and c.
  package let coordinates: SpectralCoordinates
  /// The diagonal of D.
  let scale: [Scalar]
  /// The parameters that steps change; those of others are zero.
  let columns: [Int]
  private let decomposition: ThinDecomposition<Scalar>

  /// - Parameters:
  ///   - matrix: A.
  ///   - residuals: r.
  ///   - scale: The diagonal of D.
  ///   - columns: The parameters that steps may change, in ascending order; not empty.
  package init(
    _ matrix: consuming Matrix<Scalar>, residuals: [Scalar], scale: [Scalar], columns: [Int],
    ledger: RunLedger
  ) throws {
    self.scale = scale
    self.columns = columns
    let long = max(matrix.rowCount, columns.count)
    var scaled: Matrix<Scalar>? = try LinearizedResiduals.scaled(
      matrix, columns: columns, by: scale)
    decomposition = try ledger.measureInterruptibly(.factorization) {
      try ThinDecomposition(scaled.take()!)
    }
    ledger.addFactorization()
    coordinates = decomposition.coordinates(
      of: residuals, cutoff: Double(long) * Double(Scalar.unitRoundoff))
  }

  /// Uᵀ Qᵀ of residuals.
  func project(_ residuals: [Scalar]) -> [Double] { decomposition.project(residuals) }

  /// δ = D⁻¹ V w.
  ///
  /// - Complexity: O(k²), and O(l k) where A is wide.
  package func step(_ w: [Double]) -> [Scalar] {
    let reduced = decomposition.expand(w)
    var result = Scalar.zeros(scale.count)
    for (position, column) in columns.enumerated() {
      result[column] = reduced[position] / scale[column]
    }
    return result
  }
}

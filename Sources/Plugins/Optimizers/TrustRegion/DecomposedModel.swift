import OptimKit

/// The model ½‖A δ + r‖² of a step, decomposed: A D⁻¹ = Q U Σ Vᵀ by a QR factorization and a singular value
/// decomposition of its triangle; where A is wide, the transposed of that.
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
  private var factorization: OrthogonalFactorization<Scalar>
  private let decomposition: SingularValueDecomposition<Scalar>

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
    (factorization, decomposition) = try ledger.measure(.factorization) {
      let factorization = try OrthogonalFactorization(scaled.take()!)
      return (
        factorization, try SingularValueDecomposition(factorization.triangularFactor)
      )
    }
    ledger.addFactorization()
    let projected = Self.project(residuals, &factorization, decomposition)
    coordinates = SpectralCoordinates(
      values: decomposition.values.map { Double($0) }, coefficients: projected,
      cutoff: Double(long) * Double(Scalar.unitRoundoff))
  }

  /// Uᵀ Qᵀ of residuals.
  func project(_ residuals: [Scalar]) -> [Double] {
    Self.project(residuals, &factorization, decomposition)
  }

  private static func project(
    _ residuals: [Scalar], _ factorization: inout OrthogonalFactorization<Scalar>,
    _ decomposition: SingularValueDecomposition<Scalar>
  ) -> [Double] {
    var rotated = residuals
    var result = Scalar.zeros(decomposition.order)
    if factorization.isTall {
      var span = rotated.mutableSpan
      factorization.applyOrthogonal(.transposed, in: &span)
    }
    var target = result.mutableSpan
    decomposition.projectLeft(rotated.span.extracting(first: decomposition.order), into: &target)
    return result.map { Double($0) }
  }

  /// δ = D⁻¹ V w.
  ///
  /// - Complexity: O(k²), and O(l k) where A is wide.
  package func step(_ w: [Double]) -> [Scalar] {
    let short = w.map { Scalar($0) }
    var reduced = Scalar.zeros(columns.count)
    var span = reduced.mutableSpan
    span.withSlice(0..<short.count) { decomposition.expandRight(short.span, into: &$0) }
    if !factorization.isTall { factorization.applyOrthogonal(.transposed, in: &span) }
    var result = Scalar.zeros(scale.count)
    for (position, column) in columns.enumerated() {
      result[column] = reduced[position] / scale[column]
    }
    return result
  }
}

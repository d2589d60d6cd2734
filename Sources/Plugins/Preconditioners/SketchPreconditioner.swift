import OptimKit

/// P = RᵀR ≈ N, where R is the triangle of a QR factorization of the sketched matrix [S A; √μ I].
///
/// The damping enters exactly. With s rows for k columns, κ(R⁻ᵀ N R⁻¹) ≈ ((√s + √k)/(√s − √k))²,
/// whatever the conditioning of A (arXiv 2006.11648, Lemma on subspace embeddings).
///
/// Cost: the sketch, and 2 s k² for the factorization. Storage: (s + k) k + k² scalars, k² alone while
/// solving.
final class SketchPreconditioner<Scalar: RealScalar>: Preconditioner {
  /// R, upper triangular.
  let factor: Matrix<Scalar>
  /// The number s of rows of the sketch.
  let sketchSize: Int
  /// An estimate of 1 / κ₁(R).
  let reciprocalConditionNumber: Scalar

  /// Draws a sketch of about `oversampling` · k rows and factors the sketched system.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where R is singular at working precision,
  ///   `missingCapability` where the Jacobian cannot be sketched.
  init(
    of system: DampedSystem<Scalar>, sketcher: any Sketcher, oversampling: Double, key: RandomKey
  ) throws {
    let order = system.shortCount
    let wanted = (oversampling * Double(order)).rounded(.up)
    guard wanted * Double(order) < Double(Int32.max) else {
      throw OptimKitError(
        .invalidArgument, cause: "a sketch of \(wanted) rows for \(order) columns",
        remedy: "reduce the oversampling")
    }
    let sketch = try sketcher.makeSketch(rows: Int(wanted), columns: system.longCount, key: key)
    sketchSize = sketch.rowCount
    let rows = sketch.rowCount + (system.damping > 0 ? order : 0)
    var sketched = Matrix<Scalar>(rowCount: max(rows, order), columnCount: order)
    try system.apply(sketch, into: &sketched)
    if system.damping > 0 {
      let root = system.damping.squareRoot()
      for i in 0..<order { sketched[sketch.rowCount + i, i] = root }
    }
    factor = try system.ledger.measure(.factorization) {
      try OrthogonalFactorization(sketched).triangularFactor
    }
    system.ledger.addFactorization()
    reciprocalConditionNumber = factor.triangularReciprocalConditionNumber(.upper)
    guard reciprocalConditionNumber > Scalar.unitRoundoff else {
      throw OptimKitError(
        .singularSystem,
        cause: "the sketched system is singular at \(Scalar.typeName) precision: its reciprocal "
          + "condition number is \(reciprocalConditionNumber)",
        remedy: "use a positive damping or ridge, remove duplicated or all-zero rows of the data, "
          + "or compute in double precision")
    }
  }

  /// r ← P⁻¹ r.
  func applyInverse(in r: inout MutableSpan<Scalar>) {
    applyInverseTransposedFactor(in: &r)
    applyInverseFactor(in: &r)
  }

  /// r ← R⁻¹ r.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    let factor = factor
    Scalar.solveTriangular(factor.storage.span, order: factor.rowCount, triangle: .upper, in: &r)
  }

  /// r ← R⁻ᵀ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    let factor = factor
    Scalar.solveTriangular(
      factor.storage.span, order: factor.rowCount, triangle: .upper, .transposed, in: &r)
  }
}

import OptimKit

/// The Cholesky factor in `Float` of a symmetric positive definite matrix N ≈ LLᵀ / scale of another precision.
///
/// Storage: k² of `Float`, and k once it has solved.
final class SinglePrecisionFactor<Scalar: RealScalar> {
  private var factor: CholeskyFactorization<Float>?
  /// What N was multiplied by before it was rounded to `Float`, so that no element overflows.
  private let scale: Scalar
  private var buffer: AlignedBuffer<Float>?

  /// The largest ratio of a diagonal element of N to its pivot.
  let pivotRatio: Scalar

  /// Factors scale · N.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where that is singular in single precision.
  init(_ scaled: consuming Matrix<Float>, scale: Scalar, ledger: RunLedger) throws {
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver: Matrix<Float>? = consume scaled
    let factor = try ledger.measureInterruptibly(.factorization) {
      try CholeskyFactorization(handedOver.take()!)
    }
    pivotRatio = Scalar(factor.pivotRatio)
    self.factor = factor
    self.scale = scale
    ledger.addFactorization()
  }

  /// Rounds the lower triangle of N, divided by its largest diagonal element, and factors it.
  convenience init(
    rounding matrix: borrowing Matrix<Scalar>, reusing storage: consuming Matrix<Float>?,
    ledger: RunLedger
  ) throws {
    var (rounded, scale) = matrix.roundedToSinglePrecision(reusing: storage)
    try self.init(rounded.take()!, scale: scale, ledger: ledger)
  }

  /// The memory for the next factor; this one is of no use any more.
  func recoverStorage() -> Matrix<Float>? { factor.take()?.recoverStorage() }

  /// r ← N⁻¹r.
  func solve(in r: inout MutableSpan<Scalar>) {
    inSinglePrecision(&r, scaledBy: scale) { factor, span in factor.solve(in: &span) }
  }

  /// r ← √scale L⁻¹r.
  func solveLower(in r: inout MutableSpan<Scalar>) {
    inSinglePrecision(&r, scaledBy: scale.squareRoot()) { $0.solveLower(in: &$1) }
  }

  /// r ← √scale L⁻ᵀr.
  func solveTransposedLower(in r: inout MutableSpan<Scalar>) {
    inSinglePrecision(&r, scaledBy: scale.squareRoot()) { $0.solveTransposedLower(in: &$1) }
  }

  /// r ← `scale` · f(r) for a linear f in `Float`, r of norm 1 on the way so that nothing overflows.
  private func inSinglePrecision(
    _ r: inout MutableSpan<Scalar>, scaledBy scale: Scalar,
    _ body: (borrowing CholeskyFactorization<Float>, inout MutableSpan<Float>) -> Void
  ) {
    guard let factor else { return }
    let norm = Scalar.norm(r.span)
    guard norm > 0, norm.isFinite else { return }
    let memory = AlignedBuffer.resize(&buffer, to: r.count)
    var span = memory.mutableSpan
    Scalar.roundToSinglePrecision(r.span, scaledBy: 1 / norm, into: &span)
    body(factor, &span)
    Scalar.widen(span.span, scaledBy: scale * norm, into: &r)
  }
}

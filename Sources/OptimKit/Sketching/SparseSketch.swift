/// A sketch that takes sparse vectors by their stored elements.
///
/// - Implementor must: give the same product as for blocks of rows, to rounding.
public protocol SparseSketch: Sketch {
  /// Row i of sums ← itself + S xᵢ, xᵢ being row `rows.lowerBound` + i of `vectors`.
  ///
  /// - Caller must: pass vectors of `columnCount` elements, and sums of `rows.count` rows of `rowCount`
  ///   elements, row-major.
  /// - Implementor must: allow calls from several threads at once. A sketch that prefers many lanes gets all
  ///   vectors at once, and shares out its work over threads.
  func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>)
}

/// A distribution of sketches that take a Kronecker product l ⊗ r by its two factors, without forming it.
public protocol KhatriRaoSketcher: Sketcher {
  /// Draws a matrix of up to `rows` rows and `leftCount` · `rightCount` columns.
  ///
  /// - Throws: ``OptimKitError`` where an option of the sketcher is outside its domain.
  func makeSketch(
    rows: Int, leftCount: Int, rightCount: Int, key: RandomKey
  ) throws -> any KhatriRaoSketch

  /// The work of drawing a matrix of `rows` rows and applying it to `vectors` Kronecker products by their
  /// factors; that of applying it to the products by default.
  func work(rows: Int, leftCount: Int, rightCount: Int, vectors: Int) -> Work
}

extension KhatriRaoSketcher {
  /// That of applying it to the products.
  public func work(rows: Int, leftCount: Int, rightCount: Int, vectors: Int) -> Work {
    work(rows: rows, columns: leftCount * rightCount, vectors: vectors)
  }
}

/// One random matrix S, applied to columns l ⊗ r by their factors, or to blocks of rows like any other.
///
/// - Implementor must: give the same product both ways, to rounding.
public protocol KhatriRaoSketch: Sketch {
  /// The length of the left factors.
  var leftCount: Int { get }

  /// The length of the right factors; times `leftCount` it is `columnCount`.
  var rightCount: Int { get }

  /// result ← S (l ⊗ r), lane by lane.
  ///
  /// - Caller must: pass `leftCount`, `rightCount` and `rowCount` rows of `Lanes.width` elements,
  ///   row-major, 64-byte aligned.
  /// - Implementor must: allow calls from several threads at once.
  func apply<Scalar: RealScalar>(
    left: Span<Scalar>, right: Span<Scalar>, into result: inout MutableSpan<Scalar>)
}

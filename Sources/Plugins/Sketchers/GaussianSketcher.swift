import OptimKit

/// The Gaussian sketch: the elements of S are independent, normal, of variance 1/s.
///
/// The sketch that theory knows best. With s rows for k columns of A, the singular values of S Q lie in
/// 1 ± √(k/s) whatever A is (Davidson and Szarek 2001), so s = 4 k gives a preconditioned condition number
/// of 3, squared 9, exactly the values that others approach.
///
/// Cost 2 s flops per element of A, as much as a matrix product, and some 50 ns of a processor core per
/// element of S to draw it, which is more than the product below one or two thousand columns: for problems of
/// moderate size, and to compare others with. Nothing of S is stored: a block of 2²⁰ elements, or of 128
/// columns, is drawn from the key on all threads at a time, and multiplied by BLAS with all columns of A at
/// once. Only where A is the transpose of a Jacobian that gives nothing but whole rows, 2²⁵ elements of
/// them are taken at a time, and S is drawn again for the next.
public struct GaussianSketcher: Sketcher {
  /// Creates a sketcher.
  public init() {}

  /// "gaussian".
  public var name: String { "gaussian" }

  /// Draws a matrix.
  ///
  /// - Complexity: O(1); elements are drawn when the matrix is applied.
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    return GaussianSketch(rows: rows, columns: columns, key: key)
  }

  /// A matrix product, and 50 operations to draw each element of S.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let elements = Double(rows) * Double(columns)
    return Work(
      matrixOperations: 2 * elements * Double(vectors), scalarOperations: 50 * elements)
  }
}

extension Sketcher where Self == GaussianSketcher {
  /// The Gaussian sketch, independent normal elements.
  public static var gaussian: Self { Self() }
}

/// A drawn Gaussian matrix: element (t, q) is number q · s + t of the key's normal sequence.
private struct GaussianSketch: Sketch {
  let rowCount: Int
  let columnCount: Int
  let blockRowCount: Int
  private let key: RandomKey

  let prefersManyLanes = true

  init(rows: Int, columns: Int, key: RandomKey) {
    rowCount = rows
    columnCount = columns
    // Matrix products want an inner dimension of a hundred and more.
    blockRowCount = min(columns, max(128, min(1024, (1 << 20) / rows)))
    self.key = key
  }

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    let count = min(blockRowCount, columnCount - first)
    // Transposed: column after column of S.
    let drawn = AlignedBuffer<Scalar>(count: count * rowCount)
    let target = Shared(drawn)
    let pieces = (count + 15) / 16
    ThreadPool.forEach(pieces) { piece in
      let columns = ThreadPool.piece(piece, of: pieces, in: 0..<count)
      var span = target.pointer.memory
        .extracting(columns.lowerBound * rowCount..<columns.upperBound * rowCount).mutableSpan
      key.fillNormal(&span, from: (first + columns.lowerBound) * rowCount)
    }
    let elements = UnsafeBufferPointer(drawn.memory).span
    Scalar.multiply(
      elements, .transposed, block.span.extracting(first: count * lanes),
      rows: rowCount, inner: count, columns: lanes,
      scaledBy: 1 / Scalar(rowCount).squareRoot(), plus: 1, into: &sum)
  }
}

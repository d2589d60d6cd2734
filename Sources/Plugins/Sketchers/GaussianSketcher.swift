import OptimKit

/// The Gaussian sketch: the elements of S are independent, normal, of variance 1/s.
///
/// The sketch that theory knows best. With s rows for k columns of A, the singular values of S Q lie in
/// 1 ± √(k/s) whatever A is (Davidson and Szarek 2001), so s = 4 k gives a preconditioned condition number
/// of 3, squared 9, exactly the values that others approach.
///
/// Cost 2 s flops per element of A, as much as a matrix product, and 2 to 8 ns of a processor core per element of
/// S to draw it, which is less than the product from about a hundred columns on: for problems of moderate size,
/// and to compare others with. Nothing of S is stored: a block of 2²⁰ elements, or of 128 columns, is drawn from
/// the key on all threads at a time, and multiplied by BLAS with all columns of A at once. Of sparse rows, the
/// cost is 2 s flops per stored element, and the same to draw S. Only where A is the transpose of a Jacobian that
/// gives nothing but whole rows, 2²⁵ elements of them are taken at a time, and S is drawn again for the next.
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

  /// A matrix product, and the time of 16 vector operations to draw each element of S.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let elements = Double(rows) * Double(columns)
    return Work(
      matrixOperations: 2 * elements * Double(vectors), vectorOperations: 16 * elements)
  }
}

extension Sketcher where Self == GaussianSketcher {
  /// The Gaussian sketch, independent normal elements.
  public static var gaussian: Self { Self() }
}

/// A drawn Gaussian matrix: element (t, q) is number q · s + t of the key's normal sequence.
private struct GaussianSketch: SparseSketch {
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
    let (first, count) = extent(of: number)
    let drawn = draw(first, count, of: Scalar.self)
    let elements = UnsafeBufferPointer(drawn.memory).span
    Scalar.multiply(
      elements, .transposed, block.span.extracting(first: count * lanes),
      rows: rowCount, inner: count, columns: lanes, scaledBy: scale(), plus: 1, into: &sum)
  }

  func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>
  ) {
    precondition(vectors.columnCount == columnCount && sums.count == rows.count * rowCount)
    let groupLength = 8
    let groups = (rows.count + groupLength - 1) / groupLength
    sums.withUnsafeMutableBufferPointer { sums in
      let target = Shared(sums)
      for number in 0..<blockCount {
        let (first, count) = extent(of: number)
        let drawn = Shared(draw(first, count, of: Scalar.self))
        ThreadPool.forEach(groups) { group in
          for position in group * groupLength..<min(rows.count, (group + 1) * groupLength) {
            add(
              UnsafePointer(drawn.pointer.baseAddress), first..<first + count,
              row: rows.lowerBound + position, of: vectors,
              to: target.pointer.baseAddress! + position * rowCount)
          }
        }
      }
    }
  }

  /// sum ← sum + S x for the elements `range` of a sparse vector x.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func add<Scalar: RealScalar>(
    _ drawn: UnsafePointer<Scalar>, _ range: Range<Int>, row: Int,
    of vectors: SparseMatrix<Scalar>, to sum: UnsafeMutablePointer<Scalar>
  ) {
    let scale: Scalar = scale()
    vectors.withUnsafeElements { indices, values in
      let end = vectors.rowOffsets[row + 1]
      var place = vectors.rowOffsets[row]
      var count = end - place
      // The first element of the range, by bisection.
      while count > 0 {
        let half = count / 2
        if Int(indices[place + half]) < range.lowerBound {
          place += half + 1
          count -= half + 1
        } else {
          count = half
        }
      }
      while place < end, Int(indices[place]) < range.upperBound {
        let column = drawn + (Int(indices[place]) - range.lowerBound) * rowCount
        let factor = scale * values[place]
        for t in 0..<rowCount { sum[t] += factor * column[t] }
        place += 1
      }
    }
  }

  /// The first column and the number of columns of a block of S.
  private func extent(of number: Int) -> (first: Int, count: Int) {
    let first = number * blockRowCount
    return (first, min(blockRowCount, columnCount - first))
  }

  /// The deviation of an element of S.
  private func scale<Scalar: RealScalar>() -> Scalar { 1 / Scalar(rowCount).squareRoot() }

  /// Columns of S, but for their scale, one after the other.
  private func draw<Scalar: RealScalar>(
    _ first: Int, _ count: Int, of type: Scalar.Type = Scalar.self
  ) -> AlignedBuffer<Scalar> {
    let drawn = AlignedBuffer<Scalar>(count: count * rowCount)
    var span = drawn.memory.mutableSpan
    key.fillNormal(&span, from: first * rowCount)
    return drawn
  }
}

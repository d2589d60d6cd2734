extension SparseMatrix {
  /// result ← A x, with x of `columnCount` and result of `rowCount` elements.
  ///
  /// Each element is summed by one thread, always in the same order.
  ///
  /// - Complexity: O(rows + stored elements).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    apply(x, vectors: 1, into: &result)
  }

  /// result ← A X, for X of `columnCount` × `vectors`, row-major as the result.
  ///
  /// - Complexity: O(vectors (rows + stored elements)), in one pass over A.
  package func apply(_ x: Span<Scalar>, vectors: Int, into result: inout MutableSpan<Scalar>) {
    precondition(x.count == columnCount * vectors && result.count == rowCount * vectors)
    let pieces = (rowCount + storedCount + (1 << 14) - 1) >> 14
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        guard let target = result.baseAddress else { return }
        let (x, result) = (Shared(x), Shared(target))
        ThreadPool.forEach(pieces) { piece in
          let rows = rows(ofPiece: piece, of: pieces)
          multiply(
            rows, by: x.pointer, vectors: vectors,
            into: result.pointer + rows.lowerBound * vectors)
        }
      }
    }
  }

  /// The rows of piece `piece` of `count`, which are as much work each where rows differ in length: cut by rows and
  /// elements together.
  package func rows(ofPiece piece: Int, of count: Int) -> Range<Int> {
    let work = rowCount + storedCount
    return firstRow(after: work * piece / count)..<firstRow(after: work * (piece + 1) / count)
  }

  /// The first row before which there are at least `work` rows and elements.
  private func firstRow(after work: Int) -> Int {
    var range = 0..<rowCount
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        middle + rowOffsets[middle] < work
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }

  /// The transposed matrix; its rows are the columns of this one.
  ///
  /// - Complexity: O(rows + columns + stored elements), on one thread.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func transposed() -> Self {
    var offsets = [Int](repeating: 0, count: columnCount + 1)
    for index in columnIndices { offsets[Int(index) + 1] += 1 }
    for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
    var next = offsets
    var rows = [Int32](repeating: 0, count: storedCount)
    var elements = Scalar.zeros(storedCount)
    for row in 0..<rowCount {
      for place in rowOffsets[row]..<rowOffsets[row + 1] {
        let column = Int(columnIndices[place])
        rows[next[column]] = Int32(row)
        elements[next[column]] = values[place]
        next[column] += 1
      }
    }
    return Self(
      unchecked: columnCount, columnCount: rowCount, rowOffsets: offsets, columnIndices: rows,
      values: elements)
  }

  /// Calls `body` with all columns and values: indexing them is what inner loops do most.
  package func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try columnIndices.withUnsafeBufferPointer { indices in
      try values.withUnsafeBufferPointer { try body(indices, $0) }
    }
  }
}

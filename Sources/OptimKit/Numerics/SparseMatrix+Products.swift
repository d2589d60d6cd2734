extension SparseMatrix {
  /// result ← A x, with x of `columnCount` and result of `rowCount` elements.
  ///
  /// Each element is summed in the order of its row's columns, by one thread. For Aᵀu, transpose once and
  /// apply that: it gathers as this does, where scattering from rows takes a vector of sums for each thread
  /// and their addition at every product.
  ///
  /// - Complexity: O(rows + stored elements).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(x.count == columnCount && result.count == rowCount)
    // Pieces of as much work each, where rows differ in length: cut by rows and elements together.
    let work = rowCount + storedCount
    let pieces = (work + (1 << 14) - 1) >> 14
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        let x = Shared(x)
        let result = Shared(result)
        ThreadPool.forEach(pieces) { piece in
          let rows =
            firstRow(after: work * piece / pieces)..<firstRow(after: work * (piece + 1) / pieces)
          multiply(rows, by: x.pointer, into: result.pointer)
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func multiply(
    _ rows: Range<Int>, by x: UnsafeBufferPointer<Scalar>,
    into result: UnsafeMutableBufferPointer<Scalar>
  ) {
    withUnsafeElements { indices, values in
      for row in rows {
        var sum = Scalar(0)
        for place in rowOffsets[row]..<rowOffsets[row + 1] {
          sum += values[place] * x[Int(indices[place])]
        }
        result[row] = sum
      }
    }
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

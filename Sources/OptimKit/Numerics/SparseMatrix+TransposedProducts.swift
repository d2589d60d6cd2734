extension SparseMatrix {
  /// result ← Aᵀu, with u of `rowCount` and result of `columnCount` elements.
  ///
  /// Pieces of the rows add to vectors of sums of their own, as many as cost little beside the product; these are
  /// added up in order. With few elements a column there is one piece, on one thread: where such a matrix is
  /// multiplied often, `transposed()` pays.
  ///
  /// - Complexity: O(rows + columns + stored elements).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    applyTransposed(u, vectors: 1, into: &result)
  }

  /// result ← AᵀU, for U of `rowCount` × `vectors`, row-major as the result.
  ///
  /// - Complexity: O(vectors (rows + columns + stored elements)), in one pass over A.
  package func applyTransposed(
    _ u: Span<Scalar>, vectors: Int, into result: inout MutableSpan<Scalar>
  ) {
    precondition(u.count == rowCount * vectors)
    u.withUnsafeBufferPointer { u in
      let u = Shared(u)
      sumOverRows(count: columnCount * vectors, into: &result) { rows, sums in
        guard let start = u.pointer.baseAddress else { return }
        addTransposed(rows, times: start + rows.lowerBound * vectors, vectors: vectors, to: sums)
      }
    }
  }

  /// How many elements a column has in each piece of the rows, at least and on average: clearing and adding up sums
  /// takes a few operations a column.
  private static var elementsPerColumn: Int { 16 }

  /// Into how many pieces the rows are cut that have sums of their own: at most 16.
  package var sumCount: Int {
    max(
      1,
      min(
        16, storedCount / (Self.elementsPerColumn * max(columnCount, 1)),
        (rowCount + storedCount) >> 14))
  }

  /// result ← the sum of what `body` adds, for pieces of the rows, to vectors of `count` zeros.
  package func sumOverRows(
    count: Int, into result: inout MutableSpan<Scalar>,
    _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    precondition(result.count == count)
    let pieces = sumCount
    Scalar.fill(&result, with: 0)
    result.withUnsafeMutableBufferPointer { result in
      guard let target = result.baseAddress else { return }
      guard pieces > 1 else { return body(0..<rowCount, target) }
      Scalar.withScratch(count: (pieces - 1) * count) { scratch in
        let (first, others) = (Shared(target), Shared(scratch.baseAddress!))
        ThreadPool.forEach(pieces) { piece in
          let sums = piece == 0 ? first.pointer : others.pointer + (piece - 1) * count
          if piece > 0 { sums.update(repeating: 0, count: count) }
          body(rows(ofPiece: piece, of: pieces), sums)
        }
        let length = 1 << 12
        ThreadPool.forEach((count + length - 1) / length) { chunk in
          let range = chunk * length..<min(count, (chunk + 1) * length)
          var sum = UnsafeMutableBufferPointer(
            start: first.pointer + range.lowerBound, count: range.count
          ).mutableSpan
          for piece in 1..<pieces {
            let other = UnsafeBufferPointer(
              start: others.pointer + (piece - 1) * count + range.lowerBound, count: range.count)
            Scalar.add(1, other.span, to: &sum)
          }
        }
      }
    }
  }
}

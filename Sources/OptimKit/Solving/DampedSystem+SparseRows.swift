/// The normal matrix and its diagonal from sparse rows.
extension DampedSystem {
  /// Calls `body` with the rows of T in `ranges`, block after block of at most `storedPerBlock` elements or one
  /// row, and with the numbers of those rows.
  func forEachSparseBlock(
    of rows: any SparseRows<Scalar>, in ranges: [Range<Int>],
    _ body: (SparseMatrix<Scalar>, [Range<Int>]) throws -> Void
  ) throws {
    let offsets = try rows.rowOffsets()
    for part in Self.parts(of: ranges, offsets: offsets, limit: storedPerBlock) {
      try body(scaledBlock(part, of: rows, offsets: offsets), part)
    }
  }

  /// Lower triangle of result ← AᵀA.
  ///
  /// Row i of T Tᵀ is a sum of the columns of T, as sparse rows of Tᵀ, over the elements of row i of T
  /// (Gustavson 1978); likewise TᵀT with T and Tᵀ exchanged. Each row is summed by one thread.
  ///
  /// - Complexity: Σ of the squared lengths of the rows of A, or less than n p · min(n, p) whatever they are.
  ///   From a tenth of elements stored on, rows written out are faster.
  func formSparseNormalMatrix(
    of rows: any SparseRows<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    Scalar.fill(&result, with: 0)
    let all = [0..<rowCount]
    guard isDual else {
      try forEachSparseBlock(of: rows, in: all) { block, _ in
        Self.addProduct(
          block.transposed(), block, at: (0, 0), order: shortCount, into: &result)
      }
      return
    }
    let offsets = try rows.rowOffsets()
    let parts = Self.parts(of: all, offsets: offsets, limit: storedPerBlock)
    for (number, part) in parts.enumerated() {
      var left = try scaledBlock(part, of: rows, offsets: offsets)
      let right = left.transposed()
      for other in parts[number...] {
        if other != part { left = try scaledBlock(other, of: rows, offsets: offsets) }
        Self.addProduct(
          left, right, at: (other[0].lowerBound, part[0].lowerBound), order: shortCount,
          into: &result)
      }
    }
  }

  /// result ← the diagonal of AᵀA.
  func copySparseDiagonal(
    of rows: any SparseRows<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    Scalar.fill(&result, with: 0)
    let isDual = isDual
    try forEachSparseBlock(of: rows, in: [0..<rowCount]) { block, ranges in
      Self.addSquares(of: block, toRowsFrom: isDual ? ranges[0].lowerBound : nil, in: &result)
    }
  }

  /// Ranges cut into parts of at most `limit` stored elements, or one row.
  private static func parts(
    of ranges: [Range<Int>], offsets: [Int], limit: Int
  ) -> [[Range<Int>]] {
    var parts: [[Range<Int>]] = []
    var part: [Range<Int>] = []
    var room = limit
    for range in ranges {
      var first = range.lowerBound
      for row in range {
        let count = offsets[row + 1] - offsets[row]
        if count > room, first < row || !part.isEmpty {
          if first < row { part.append(first..<row) }
          parts.append(part)
          part = []
          room = limit
          first = row
        }
        room -= count
      }
      if first < range.upperBound { part.append(first..<range.upperBound) }
    }
    if !part.isEmpty { parts.append(part) }
    return parts
  }

  /// Rows of T.
  private func scaledBlock(
    _ ranges: [Range<Int>], of rows: any SparseRows<Scalar>, offsets: [Int]
  ) throws -> SparseMatrix<Scalar> {
    try curvatureFactor.scaledRows(ranges, of: rows, offsets: offsets)
  }

  /// Lower triangle of result ← itself + left · right, whose first element belongs at `origin`.
  private static func addProduct(
    _ left: SparseMatrix<Scalar>, _ right: SparseMatrix<Scalar>, at origin: (row: Int, column: Int),
    order: Int, into result: inout MutableSpan<Scalar>
  ) {
    let blockLength = 16
    let blocks = (left.rowCount + blockLength - 1) / blockLength
    result.withUnsafeMutableBufferPointer { result in
      let target = Shared(result.baseAddress)
      ThreadPool.forEachBlock(blocks) { number in
        // Later rows are longer: they go first, so that threads finish together.
        let block = blocks - 1 - number
        for i in block * blockLength..<min(left.rowCount, (block + 1) * blockLength) {
          let row = origin.row + i
          add(
            row: i, of: left, times: right, columns: row - origin.column + 1,
            to: target.pointer! + row * order + origin.column)
        }
      }
    }
  }

  /// First `columns` elements of result ← themselves + row `row` of left times right.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func add(
    row: Int, of left: SparseMatrix<Scalar>, times right: SparseMatrix<Scalar>, columns: Int,
    to result: UnsafeMutablePointer<Scalar>
  ) {
    left.withUnsafeElements { leftIndices, leftValues in
      right.withUnsafeElements { rightIndices, rightValues in
        for place in left.rowOffsets[row]..<left.rowOffsets[row + 1] {
          let factor = leftValues[place]
          let inner = Int(leftIndices[place])
          for other in right.rowOffsets[inner]..<right.rowOffsets[inner + 1] {
            let column = Int(rightIndices[other])
            guard column < columns else { break }
            result[column] += factor * rightValues[other]
          }
        }
      }
    }
  }

  /// Squares added up by rows, the first of which is number `first`, or by columns.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func addSquares(
    of block: SparseMatrix<Scalar>, toRowsFrom first: Int?, in sums: inout MutableSpan<Scalar>
  ) {
    for row in 0..<block.rowCount {
      for place in block.rowOffsets[row]..<block.rowOffsets[row + 1] {
        let value = block.values[place]
        sums[first.map { $0 + row } ?? Int(block.columnIndices[place])] += value * value
      }
    }
  }
}

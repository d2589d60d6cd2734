extension DampedSystem {
  /// First rows of result ← S A from the stored elements of T.
  ///
  /// Columns of A are sparse vectors: rows of T in the dual, columns of a block of rows of T in the primal.
  /// Each is sketched by one thread, block after block.
  func sketchSparseRows(
    of rows: any SparseRows<Scalar>, with sketch: any SparseSketch,
    into result: inout Matrix<Scalar>
  ) throws {
    let length = sketch.rowCount
    let sums = AlignedBuffer<Scalar>(count: shortCount * length)
    let target = Shared(sums)
    // A cache line's worth of columns travels together.
    let perGroup = sketch.prefersManyLanes ? shortCount : Lanes.width(of: Scalar.self)
    func add(_ vectors: SparseMatrix<Scalar>, from first: Int) throws {
      let count = vectors.rowCount
      try forEachGroup((count + perGroup - 1) / perGroup, of: sketch) { number in
        let group = number * perGroup..<min(count, (number + 1) * perGroup)
        var span = target.pointer.memory.extracting(
          (first + group.lowerBound) * length..<(first + group.upperBound) * length
        ).mutableSpan
        sketch.accumulate(group, of: vectors, into: &span)
      }
    }
    let (part, whole) = (longPart, wholeLongCount)
    if isDual {
      try forEachSparseBlock(of: rows, in: [0..<rowCount]) { block, ranges in
        let vectors = isSharded ? block.renumberingColumns([part], of: whole) : block
        try add(vectors, from: ranges[0].lowerBound)
      }
    } else {
      try forEachSparseBlock(of: rows, in: neededRows(by: sketch)) { block, ranges in
        let numbers = ranges.map {
          part.lowerBound + $0.lowerBound..<part.lowerBound + $0.upperBound
        }
        try add(block.transposed().renumberingColumns(numbers, of: whole), from: 0)
      }
    }
    copySums(sums, rows: length, into: &result)
  }

  /// Runs of the rows of A here that the sketch has a share of.
  private func neededRows(by sketch: any Sketch) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for number in 0..<sketch.blockCount where sketch.needsBlock(number) {
      let block = number * sketch.blockRowCount..<(number + 1) * sketch.blockRowCount
      let own = block.clamped(to: longPart)
      guard !own.isEmpty else { continue }
      let first = own.lowerBound - longPart.lowerBound
      let end = own.upperBound - longPart.lowerBound
      if let last = runs.last, last.upperBound == first {
        runs[runs.count - 1] = last.lowerBound..<end
      } else {
        runs.append(first..<end)
      }
    }
    return runs
  }

  /// First rows of result ← the transposed sums.
  private func copySums(
    _ sums: AlignedBuffer<Scalar>, rows: Int, into result: inout Matrix<Scalar>
  ) {
    let columns = shortCount
    let tile = 64
    result.storage.withUnsafeMutableBufferPointer { result in
      let result = Shared(result)
      let sums = Shared(sums.memory)
      ThreadPool.forEach((rows + tile - 1) / tile) { number in
        Self.transpose(
          sums.pointer, length: rows, rows: number * tile..<min(rows, (number + 1) * tile),
          into: result.pointer, columns: columns)
      }
    }
  }

  /// Rows `rows` of the result of `columns` columns ← columns of a matrix of rows of `length`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func transpose(
    _ source: UnsafeMutableBufferPointer<Scalar>, length: Int, rows: Range<Int>,
    into result: UnsafeMutableBufferPointer<Scalar>, columns: Int
  ) {
    for first in stride(from: 0, to: columns, by: 16) {
      for row in rows {
        for column in first..<min(columns, first + 16) {
          result[row * columns + column] = source[column * length + row]
        }
      }
    }
  }
}

extension SparseMatrix {
  /// The same elements in a matrix of `count` columns: column q becomes number q of those that `ranges` list.
  fileprivate func renumberingColumns(_ ranges: [Range<Int>], of count: Int) -> Self {
    let numbers = ranges.flatMap { $0.map(Int32.init) }
    return Self(
      unchecked: rowCount, columnCount: count, rowOffsets: rowOffsets,
      columnIndices: numbers.count == count
        ? columnIndices : columnIndices.map { numbers[Int($0)] }, values: values)
  }
}

extension CurvatureFactor {
  /// Rows `ranges` of CᵀJ, one below the other, from the stored elements of J.
  ///
  /// - Throws: ``OptimKitError`` where what is copied are no sparse rows.
  func scaledRows(
    _ ranges: [Range<Int>], of rows: any SparseRows<Scalar>, offsets: [Int]
  ) throws -> SparseMatrix<Scalar> {
    switch self {
    case .identity:
      return try rows.copySparseBlock(ranges, offsets: offsets)
    case .diagonal(let diagonal):
      let block = try rows.copySparseBlock(ranges, offsets: offsets)
      var values = block.values
      var span = values.mutableSpan
      for (position, row) in ranges.joined().enumerated() {
        span.withSlice(block.rowOffsets[position]..<block.rowOffsets[position + 1]) {
          Scalar.scale(&$0, by: diagonal[row])
        }
      }
      return SparseMatrix(
        unchecked: block.rowCount, columnCount: block.columnCount, rowOffsets: block.rowOffsets,
        columnIndices: block.columnIndices, values: values)
    case .blocks(let order, let elements):
      // A row takes those below it of the same sample: ranges are copied to the ends of samples.
      let ends = ranges.map { ($0.upperBound + order - 1) / order * order }
      let block = try rows.copySparseBlock(
        zip(ranges, ends).map { $0.lowerBound..<$1 }, offsets: offsets)
      return Self.combine(block, ranges, ends: ends, order, elements)
    }
  }

  /// Sums of rows of one sample, each times its factor.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func combine(
    _ block: SparseMatrix<Scalar>, _ ranges: [Range<Int>], ends: [Int], _ order: Int,
    _ elements: [Scalar]
  ) -> SparseMatrix<Scalar> {
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Scalar] = []
    var sums = Scalar.zeros(block.columnCount)
    var isUsed = [Bool](repeating: false, count: block.columnCount)
    var start = 0
    for (range, end) in zip(ranges, ends) {
      for row in range {
        let first = row / order * order
        var used: [Int32] = []
        for other in row..<first + order {
          let factor = elements[other * order + row - first]
          let position = start + other - range.lowerBound
          for place in block.rowOffsets[position]..<block.rowOffsets[position + 1] {
            let column = Int(block.columnIndices[place])
            if !isUsed[column] {
              isUsed[column] = true
              used.append(Int32(column))
            }
            sums[column] += factor * block.values[place]
          }
        }
        used.sort()
        for column in used {
          columns.append(column)
          values.append(sums[Int(column)])
          sums[Int(column)] = 0
          isUsed[Int(column)] = false
        }
        offsets.append(values.count)
      }
      start += end - range.lowerBound
    }
    return SparseMatrix(
      unchecked: offsets.count - 1, columnCount: block.columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }
}

extension CurvatureFactor {
  /// result ← rows `range` of CᵀJ.
  ///
  /// Row a of a sample takes rows b ≥ a of J of the same sample: where the range ends within a sample, the rest of
  /// its rows are copied beside.
  static func copyRows(
    _ range: Range<Int>, of rows: any RowAccessible<Scalar>, scaledBy factor: Self,
    into result: inout MutableSpan<Scalar>
  ) throws {
    try rows.copyRows(range, into: &result)
    let columns = rows.columnCount
    switch factor {
    case .identity: break
    case .diagonal(let diagonal):
      for (position, row) in range.enumerated() {
        result.withSlice(position * columns..<(position + 1) * columns) {
          Scalar.scale(&$0, by: diagonal[row])
        }
      }
    case .blocks(let order, let elements):
      let end = (range.upperBound + order - 1) / order * order
      var rest = Scalar.zeros((end - range.upperBound) * columns)
      if !rest.isEmpty {
        var span = rest.mutableSpan
        try rows.copyRows(range.upperBound..<end, into: &span)
      }
      for row in range {
        let first = row / order * order
        let column = row - first
        result.withSlice((row - range.lowerBound) * columns..<result.count) { below in
          combine(row..<first + order, columns: columns, &below, rest.span) {
            elements[$0 * order + column]
          }
        }
      }
    }
  }

  /// First row of `below` ← the sum of rows `rows`, each times its factor: those that `below` has, then of `rest`.
  private static func combine(
    _ rows: Range<Int>, columns: Int, _ below: inout MutableSpan<Scalar>, _ rest: Span<Scalar>,
    _ factor: (Int) -> Scalar
  ) {
    below.withSlice(0..<columns) { Scalar.scale(&$0, by: factor(rows.lowerBound)) }
    let inside = below.count / columns
    for (position, row) in rows.enumerated().dropFirst() {
      if position < inside {
        below.withUnsafeMutableBufferPointer { below in
          let source = UnsafeBufferPointer(
            rebasing: below[position * columns..<(position + 1) * columns])
          var sum = UnsafeMutableBufferPointer(rebasing: below[0..<columns]).mutableSpan
          Scalar.add(factor(row), source.span, to: &sum)
        }
      } else {
        let start = (position - inside) * columns
        below.withSlice(0..<columns) {
          Scalar.add(factor(row), rest.extracting(start..<start + columns), to: &$0)
        }
      }
    }
  }

  /// Lower triangle of K ← CᵀK C, row-major, from that of K.
  func congruence(ofLowerTriangle gram: inout MutableSpan<Scalar>, rowCount: Int) {
    switch self {
    case .identity: break
    case .diagonal(let diagonal):
      for i in 0..<rowCount {
        gram.withSlice(i * rowCount..<i * rowCount + i + 1) { row in
          Scalar.multiply(diagonal.span.extracting(first: i + 1), into: &row)
          Scalar.scale(&row, by: diagonal[i])
        }
      }
    case .blocks(let order, let elements):
      let samples = rowCount / order
      gram.withUnsafeMutableBufferPointer { gram in
        let gram = Shared(gram.baseAddress)
        ThreadPool.forEachBlock(samples) { number in
          // Later rows are longer: they go first, so that threads finish together.
          Self.transformBlocks(
            samples - 1 - number, order, elements, gram.pointer!, rowCount: rowCount)
        }
      }
    }
  }

  /// Blocks (s, t ≤ s) of K ← C_sᵀ K_st C_t for one sample s.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func transformBlocks(
    _ sample: Int, _ order: Int, _ elements: [Scalar], _ gram: UnsafeMutablePointer<Scalar>,
    rowCount: Int
  ) {
    let first = sample * order
    let own = first * order
    for i in 0..<order {
      for j in i + 1..<max(order, i + 1) {
        gram[(first + i) * rowCount + first + j] = gram[(first + j) * rowCount + first + i]
      }
    }
    for column in 0..<first + order {
      for a in 0..<order {
        var sum = Scalar(0)
        for b in a..<order {
          sum += elements[own + b * order + a] * gram[(first + b) * rowCount + column]
        }
        gram[(first + a) * rowCount + column] = sum
      }
    }
    for a in 0..<order {
      let row = gram + (first + a) * rowCount
      for other in 0...sample {
        let start = other * order
        for column in 0..<order {
          var sum = Scalar(0)
          for b in column..<order {
            sum += row[start + b] * elements[(start + b) * order + column]
          }
          row[start + column] = sum
        }
      }
    }
  }
}

import OptimKit

extension JacobianCheck {
  func sparseRows(
    of provider: any SparseRows<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    var offsets = [Int](repeating: -1, count: rowCount + 1)
    var span = offsets.mutableSpan
    try provider.copyRowOffsets(into: &span)
    guard offsets[0] == 0, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      findings.require(false, "copyRowOffsets does not rise from 0: \(offsets.prefix(8))…")
      return
    }
    let storedCount = try provider.storedElementCount
    findings.require(
      storedCount == offsets[rowCount],
      "storedElementCount is not what copyRowOffsets ends with, \(offsets[rowCount])")
    let starts = offsets
    let blocks = raggedRanges(rowCount)
    let copies = try concurrently(blocks.count) { number in
      let rows = blocks[number]
      let count = starts[rows.upperBound] - starts[rows.lowerBound]
      var columns = [Int32](repeating: -1, count: count)
      var columnSpan = columns.mutableSpan
      let values: [Scalar] = try filled(count) {
        try provider.copySparseRows(rows, columns: &columnSpan, values: &$0)
      }
      return (columns, values)
    }
    let columns = copies.flatMap { $0.0 }
    let values = copies.flatMap { $0.1 }
    var dense = [Scalar](repeating: 0, count: rowCount * columnCount)
    for row in 0..<rowCount {
      var previous: Int32 = -1
      for place in offsets[row]..<offsets[row + 1] {
        guard columns[place] > previous, columns[place] < columnCount else {
          findings.require(
            false, "copySparseRows: column \(columns[place]) follows \(previous) in row \(row)")
          return
        }
        previous = columns[place]
        dense[row * columnCount + Int(previous)] = values[place]
      }
    }
    try compareRows(dense, "copySparseRows", &findings)
  }

  /// Each range of left elements by itself, and all but the first with the second twice.
  func sampledGram(
    of provider: any SampledGram<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let leftCount = provider.leftFactorCount
    let rightCount = provider.rightFactorCount
    let ranges = raggedRanges(leftCount)
    let samples = ranges.map { [$0] } + [Array(ranges.dropFirst().prefix(1) + ranges.dropFirst())]
    let rows = try (0..<rowCount).map {
      try jacobian.transposedProduct(unitVector($0, of: rowCount))
    }
    for sample in samples {
      let actual: [Scalar] = try filled(rowCount * rowCount) {
        try provider.computeGram(ofLeftElements: sample, into: &$0)
      }
      let kept = rows.map { row in
        sample.flatMap { row[$0.lowerBound * rightCount..<$0.upperBound * rightCount] }
      }
      for i in 0..<rowCount {
        let own = kept[i]
        let expected = kept[0...i].map { other in Scalar.dot(own.span, other.span) }
        findings.requireClose(
          Array(actual[i * rowCount...i * rowCount + i]), expected,
          scale: norm(rows[i]) * norm(rows[0...i].map(norm)), tolerance: tolerance,
          "row \(i) of computeGram(ofLeftElements: \(sample)) is not that of J P Jᵀ")
      }
    }
  }
}

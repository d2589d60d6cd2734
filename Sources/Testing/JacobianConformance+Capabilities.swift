import OptimKit

extension JacobianCheck {
  func rows(
    of provider: any RowAccessible<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let blocks = raggedRanges(rowCount)
    let copies = try concurrently(blocks.count) { number in
      try filled(blocks[number].count * columnCount) {
        try provider.copyRows(blocks[number], into: &$0)
      }
    }
    try compareRows(copies.flatMap { $0 }, "copyRows", &findings)
    try findings.requireThreadInvariance("copyRows") {
      try filled(rowCount * columnCount) { try provider.copyRows(0..<rowCount, into: &$0) }
    }
  }

  func factors(
    of provider: any KhatriRaoRows<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let leftCount = provider.leftFactorCount
    let rightCount = provider.rightFactorCount
    guard leftCount * rightCount == columnCount else {
      findings.require(
        false, "factors of lengths \(leftCount) and \(rightCount) for \(columnCount) columns")
      return
    }
    let blocks = raggedRanges(rowCount)
    let elements = raggedRanges(leftCount)
    let products = try concurrently(blocks.count) { number in
      let rows = blocks[number]
      let right: [Scalar] = try filled(rows.count * rightCount) {
        try provider.copyRightFactors(rows: rows, into: &$0)
      }
      var left = [Scalar](repeating: .nan, count: rows.count * leftCount)
      for range in elements {
        let part: [Scalar] = try filled(rows.count * range.count) {
          try provider.copyLeftFactors(rows: rows, elements: range, into: &$0)
        }
        for row in 0..<rows.count {
          left.replaceSubrange(
            row * leftCount + range.lowerBound..<row * leftCount + range.upperBound,
            with: part[row * range.count..<(row + 1) * range.count])
        }
      }
      return (0..<rows.count).flatMap { row in
        left[row * leftCount..<(row + 1) * leftCount].flatMap { element in
          right[row * rightCount..<(row + 1) * rightCount].map { element * $0 }
        }
      }
    }
    try compareRows(products.flatMap { $0 }, "the Kronecker product of the factors", &findings)
    try findings.requireThreadInvariance("copyLeftFactors") {
      try filled(rowCount * leftCount) {
        try provider.copyLeftFactors(rows: 0..<rowCount, elements: 0..<leftCount, into: &$0)
      }
    }
    if let provider = provider as? any LeftFactorLanes<Scalar> {
      try leftFactorLanes(of: provider, &findings)
    }
    try findings.requireThreadInvariance("copyRightFactors") {
      try filled(rowCount * rightCount) {
        try provider.copyRightFactors(rows: 0..<rowCount, into: &$0)
      }
    }
  }

  /// Lanes hold what the rows of the same factors do.
  private func leftFactorLanes(
    of provider: any LeftFactorLanes<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let width = Lanes.width(of: Scalar.self)
    for rows in raggedRanges(rowCount) {
      let lanes = (rows.count + width - 1) / width * width
      for elements in raggedRanges(provider.leftFactorCount) {
        let expected: [Scalar] = try filled(rows.count * elements.count) {
          try provider.copyLeftFactors(rows: rows, elements: elements, into: &$0)
        }
        let buffer = AlignedBuffer<Scalar>(count: elements.count * lanes)
        var span = buffer.memory.mutableSpan
        Scalar.fill(&span, with: .nan)
        try provider.copyLeftFactors(rows: rows, elements: elements, lanes: lanes, into: &span)
        let agree = buffer.memory.indices.allSatisfy { index in
          let (element, lane) = index.quotientAndRemainder(dividingBy: lanes)
          return buffer.memory[index]
            == (lane < rows.count ? expected[lane * elements.count + element] : 0)
        }
        findings.require(
          agree, "left factors \(elements) of rows \(rows) in lanes are not those copied by rows")
      }
    }
  }

  func transposedProductInSinglePrecision(
    of provider: any SinglePrecisionTransposing<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let u = rowVector(0)
    let apply = {
      try filled(columnCount) {
        try provider.applyTransposedInSinglePrecision(u.span, into: &$0)
      }
    }
    let actual: [Scalar] = try apply()
    let expected = try jacobian.transposedProduct(u)
    // The error is bounded relative to |J|ᵀ|u|, of which ‖J‖ ‖u‖ is a bound that products give.
    let image = try jacobian.transposedProduct(jacobian.product(jacobian.transposedProduct(u)))
    let largestSingularValue = norm(expected) > 0 ? (norm(image) / norm(expected)).squareRoot() : 0
    findings.requireClose(
      actual, expected, scale: norm(expected) + largestSingularValue * norm(u),
      tolerance: tolerance * Scalar(Float.unitRoundoff)
        / min(
          Scalar.unitRoundoff, Scalar(Float.unitRoundoff)),
      "applyTransposedInSinglePrecision is not the product with Jᵀ")
    try findings.requireThreadInvariance("applyTransposedInSinglePrecision", apply)
  }

  func gram(
    of provider: any GramComputing<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let gram: [Scalar] = try filled(rowCount * rowCount) { try provider.computeGram(into: &$0) }
    for column in 0..<rowCount {
      // Row i of J Jᵀ, on and below the diagonal, from products.
      let expected = try jacobian.product(
        jacobian.transposedProduct(unitVector(column, of: rowCount)))
      let actual = (column..<rowCount).map { gram[$0 * rowCount + column] }
      findings.requireClose(
        actual, Array(expected[column...]), scale: norm(expected), tolerance: tolerance,
        "column \(column) of computeGram is not that of J Jᵀ")
    }
    for number in 0..<2 {
      let u = rowVector(number)
      let expected = try jacobian.product(jacobian.transposedProduct(u))
      let apply = { try filled(rowCount) { try provider.applyGram(u.span, into: &$0) } }
      let actual: [Scalar] = try apply()
      findings.requireClose(
        actual, expected, scale: norm(expected), tolerance: tolerance,
        "applyGram is not the product with J Jᵀ")
      findings.requireSameBits(try apply(), actual, "applyGram does not repeat its result")
      try findings.requireThreadInvariance("applyGram", apply)
    }
    try findings.requireThreadInvariance("computeGram") {
      let gram: [Scalar] = try filled(rowCount * rowCount) { try provider.computeGram(into: &$0) }
      // Above the diagonal there may be anything.
      return (0..<rowCount).flatMap { gram[$0 * rowCount...$0 * rowCount + $0] }
    }
  }

  func gramColumns(
    of provider: any GramColumns<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    try threadInvariance(of: provider, &findings)
    let diagonal: [Scalar] = try filled(rowCount) { try provider.copyGramDiagonal(into: &$0) }
    // Last column first: the order is the caller's.
    for columns in raggedRanges(rowCount).map({ Array($0.reversed()) }) {
      let copies: [Scalar] = try filled(columns.count * rowCount) {
        try provider.copyGramColumns(columns, into: &$0)
      }
      for (position, column) in columns.enumerated() {
        let expected = try jacobian.product(
          jacobian.transposedProduct(unitVector(column, of: rowCount)))
        findings.requireClose(
          Array(copies[position * rowCount..<(position + 1) * rowCount]), expected,
          scale: norm(expected), tolerance: tolerance,
          "column \(column) of copyGramColumns is not that of J Jᵀ")
        findings.require(
          abs(diagonal[column] - expected[column]) <= tolerance * norm(expected),
          "element \(column) of copyGramDiagonal is \(diagonal[column]), not \(expected[column])")
      }
    }
  }

  private func threadInvariance(
    of provider: any GramColumns<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    try findings.requireThreadInvariance("copyGramDiagonal") {
      try filled(rowCount) { try provider.copyGramDiagonal(into: &$0) }
    }
    try findings.requireThreadInvariance("copyGramColumns") {
      try filled(rowCount * rowCount) {
        try provider.copyGramColumns(Array(0..<rowCount), into: &$0)
      }
    }
  }

  func compareRows(
    _ rows: [Scalar], _ name: String, _ findings: inout ConformanceFindings
  ) throws {
    for row in 0..<rowCount {
      let expected = try jacobian.transposedProduct(unitVector(row, of: rowCount))
      findings.requireClose(
        Array(rows[row * columnCount..<(row + 1) * columnCount]), expected, scale: norm(expected),
        tolerance: tolerance, "\(name) does not give row \(row) of J")
    }
  }

  /// Ranges of lengths 1, 2, 3, … that cover `0..<count`.
  func raggedRanges(_ count: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    while let first = result.isEmpty ? 0 : result.last?.upperBound, first < count {
      result.append(first..<min(count, first + result.count + 1))
    }
    return result
  }
}

/// Single columns and the diagonal of the undamped short-side matrix AᵀA = N − μI.
extension DampedSystem {
  /// Columns of J Jᵀ, where those of N are multiples of them.
  var columnsOfGram: (any GramColumns<Scalar>)? {
    isDual && !curvatureFactor.hasBlocks ? gramColumns : nil
  }

  /// What columns of the short-side matrix are made from, in words.
  public var columnAccess: String {
    columnsOfGram != nil ? "columns of a structured Gram matrix" : "columns from products"
  }

  /// What the diagonal of the short-side matrix is made from, in words.
  public var diagonalAccess: String {
    if columnsOfGram != nil { return "a structured Gram matrix" }
    if sparseRows != nil { return "sparse rows" }
    return rowAccessible != nil ? "streamed rows" : "products"
  }

  /// result ← the diagonal of N − μI, of `shortCount` elements.
  ///
  /// - Complexity: That of the Jacobian's ``GramColumns`` in the dual; O(n p) from rows, less
  ///   from sparse ones; otherwise one product
  ///   with J or Jᵀ for each element.
  public func copyUndampedDiagonal(into result: inout MutableSpan<Scalar>) throws {
    precondition(result.count == shortCount)
    try ledger.measureInterruptibly(.gram) {
      // Products complete themselves; their squares are those of the part here.
      let isFromProducts = columnsOfGram == nil && rowAccessible == nil
      guard !isFromProducts else {
        try addSquaresOfProducts(to: &result)
        return try ledger.complete(&result, sharding, .gram)
      }
      try ledger.completing(&result, sharding, .gram) { result in
        if let columnsOfGram {
          try columnsOfGram.copyGramDiagonal(into: &result)
          curvatureFactor.multiply(into: &result)
          curvatureFactor.multiply(into: &result)
        } else if let sparseRows {
          try copySparseDiagonal(of: sparseRows, into: &result)
        } else {
          try addSquaresOfRows(to: &result)
        }
      }
    }
  }

  /// Row i of result ← column `columns[i]` of N − μI, of `shortCount` elements.
  ///
  /// - Complexity: That of the Jacobian's ``GramColumns`` in the dual; otherwise one product with N a column.
  public func copyUndampedColumns(
    _ columns: [Int], into result: inout MutableSpan<Scalar>
  ) throws {
    precondition(result.count == columns.count * shortCount)
    guard let columnsOfGram else {
      try copyColumnsFromProducts(columns, into: &result)
      return
    }
    try ledger.measureInterruptibly(.gram) {
      try ledger.completing(&result, sharding, .gram) {
        try columnsOfGram.copyGramColumns(columns, into: &$0)
      }
    }
    guard case .diagonal(let factors) = curvatureFactor else { return }
    for (position, column) in columns.enumerated() {
      result.withSlice(position * shortCount..<(position + 1) * shortCount) {
        Scalar.multiply(factors.span, into: &$0)
        Scalar.scale(&$0, by: factors[column])
      }
    }
  }

  private func copyColumnsFromProducts(
    _ columns: [Int], into result: inout MutableSpan<Scalar>
  ) throws {
    var unit = Scalar.zeros(shortCount)
    for (position, column) in columns.enumerated() {
      unit[column] = 1
      try result.withSlice(position * shortCount..<(position + 1) * shortCount) {
        try applyNormal(unit.span, into: &$0)
        if damping > 0 { Scalar.add(-damping, unit.span, to: &$0) }
      }
      unit[column] = 0
    }
  }

  /// Squared norms of the rows of T in the dual, of its columns in the primal.
  private func addSquaresOfRows(to result: inout MutableSpan<Scalar>) throws {
    Scalar.fill(&result, with: 0)
    try forEachBlockOfRows { range, block in
      for (position, row) in range.enumerated() {
        let elements = block.extracting(position * columnCount..<(position + 1) * columnCount)
        if isDual {
          result[row] = Scalar.dot(elements, elements)
        } else {
          Self.addSquares(of: elements, to: &result)
        }
      }
    }
  }

  /// ‖Tᵀeᵢ‖² in the dual, ‖T eⱼ‖² in the primal.
  private func addSquaresOfProducts(to result: inout MutableSpan<Scalar>) throws {
    var unit = Scalar.zeros(shortCount)
    var product = Scalar.zeros(longCount)
    var span = product.mutableSpan
    for i in 0..<shortCount {
      unit[i] = 1
      if isDual {
        try applyTransposed(unit.span, into: &span)
      } else {
        try apply(unit.span, into: &span)
      }
      result[i] = Scalar.dot(span.span, span.span)
      unit[i] = 0
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func addSquares(of x: Span<Scalar>, to sums: inout MutableSpan<Scalar>) {
    for i in x.indices { sums[i] += x[i] * x[i] }
  }

  /// Calls `body` with blocks of rows of T, of at most `length` rows or 32 MB of doubles.
  func forEachBlockOfRows(
    length: Int = .max, _ body: (Range<Int>, Span<Scalar>) throws -> Void
  ) throws {
    guard let rowAccessible else { throw productsOnlyError }
    let length = min(length, rowCount, max(1, (1 << 22) / columnCount))
    let buffer = AlignedBuffer.reserve(&scratch.rowBlock, length * columnCount)
    for first in stride(from: 0, to: rowCount, by: length) {
      let range = first..<min(rowCount, first + length)
      let memory = buffer.extracting(0..<range.count * columnCount)
      var block = memory.mutableSpan
      try CurvatureFactor.copyRows(
        range, of: rowAccessible, scaledBy: curvatureFactor, into: &block)
      try body(range, block.span)
    }
  }
}

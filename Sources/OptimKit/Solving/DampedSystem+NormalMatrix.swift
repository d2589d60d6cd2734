/// The normal matrix N of the short side, formed.
extension DampedSystem {
  /// What the normal matrix is made from, in words.
  public var normalMatrixAccess: String {
    if isDual, gramComputing != nil { return "structured Gram matrix" }
    if !isDual, normalComputing != nil { return "structured normal matrix" }
    return sparseRows != nil ? "Gram matrix of sparse rows" : "Gram matrix of streamed rows"
  }

  /// Lower triangle of result ← N.
  ///
  /// - Complexity: That of the Jacobian's ``GramComputing`` in the dual, of ``NormalComputing`` in the primal; the sum of the squared numbers of stored
  ///   elements in the rows of A from sparse rows; otherwise O(n p · min(n, p)) from blocks of rows.
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where the Jacobian offers products only.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func formNormalMatrix(into result: inout Matrix<Scalar>) throws {
    precondition(result.rowCount == shortCount && result.columnCount == shortCount)
    ledger.counts.gramMatrices += 1
    var elements = result.storage.mutableSpan
    try ledger.measureInterruptibly(.gram) {
      try completingTriangle(&elements, .gram) { elements in
        try formOwnNormalMatrix(into: &elements)
      }
    }
    if damping > 0 {
      for i in 0..<shortCount { elements[i * shortCount + i] += damping }
    }
  }

  /// Lower triangle of x ← Σ over the ranks of what `body` writes.
  func completingTriangle(
    _ x: inout MutableSpan<Scalar>, _ kind: CommunicationKind,
    _ body: (inout MutableSpan<Scalar>) throws -> Void
  ) throws {
    guard let sharding else { return try body(&x) }
    try sharding.orAbandon { try body(&x) }
    try ledger.completeTriangle(&x, order: shortCount, sharding, kind)
  }

  /// Lower triangle of result ← AᵀA of the part of A that is here.
  private func formOwnNormalMatrix(into elements: inout MutableSpan<Scalar>) throws {
    if isDual, let gramComputing {
      try gramComputing.computeGram(into: &elements)
      curvatureFactor.congruence(ofLowerTriangle: &elements, rowCount: rowCount)
    } else if !isDual, let normalComputing {
      try normalComputing.computeNormal(curvature: curvatureFactor, into: &elements)
    } else if let sparseRows {
      try formSparseNormalMatrix(of: sparseRows, into: &elements)
    } else if let rowAccessible {
      try formNormalMatrix(rows: rowAccessible, into: &elements)
    } else {
      throw OptimKitError(
        .missingCapability,
        cause: "the Jacobian offers products only, not its rows or its Gram matrix",
        remedy: "choose conjugate gradients, or make the Jacobian conform to RowAccessible")
    }
  }

  /// N in its lower triangle, in the memory of `storage` where that has the size.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func normalMatrix(reusing storage: consuming Matrix<Scalar>?) throws -> Matrix<Scalar> {
    var memory = storage.take()
    if memory?.rowCount != shortCount {
      memory = Matrix(rowCount: shortCount, columnCount: shortCount)
    }
    var normal = memory.take()!
    try formNormalMatrix(into: &normal)
    return normal
  }

  private func formNormalMatrix(
    rows: any RowAccessible<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    if isDual {
      try formGram(rows: rows, into: &result)
    } else if sumCount > 1 {
      try formPartialSums(rows: rows, into: &result)
    } else {
      let block = AlignedBuffer.reserve(
        &scratch.rowBlock, min(rowCount, rowsPerBlock) * columnCount)
      try forEachRowBlock(of: rowsPerBlock) { range in
        try withRows(range, of: rows, in: block) { span in
          Scalar.addGram(
            of: span, .transposed, order: columnCount, inner: range.count,
            plus: range.lowerBound == 0 ? 0 : 1, into: &result)
        }
      }
    }
  }

  /// In the primal, blocks of 1 MB of doubles stay in cache between being written and multiplied, but have rows
  /// enough that adding to N costs little beside the product.
  private var rowsPerBlock: Int { max(256, (1 << 17) / columnCount) }

  /// In the primal, N is the sum of up to 16 matrices, of 2²² elements in all, that as many pieces of the rows add
  /// up to by themselves.
  private var sumCount: Int {
    max(1, min(16, (1 << 22) / (columnCount * columnCount), rowCount / (2 * rowsPerBlock)))
  }

  /// Lower triangle of result ← TᵀT, by pieces of the rows side by side.
  private func formPartialSums(
    rows: any RowAccessible<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    let (order, pieces, length) = (columnCount, sumCount, rowsPerBlock)
    let sums = Shared(AlignedBuffer.reserve(&scratch.tile, pieces * order * order))
    let blocks = Shared(AlignedBuffer.reserve(&scratch.rowBlock, pieces * length * order))
    let (rowCount, factors, cancellation) = (rowCount, curvatureFactor, ledger.cancellation)
    try ThreadPool.forEachThrowing(pieces) { piece in
      let range = ThreadPool.piece(piece, of: pieces, in: 0..<rowCount)
      var sum = sums.pointer.extracting(piece * order * order..<(piece + 1) * order * order)
        .mutableSpan
      let memory = blocks.pointer.extracting(piece * length * order..<(piece + 1) * length * order)
      for first in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        try cancellation.check()
        let part = first..<min(range.upperBound, first + length)
        var block = memory.extracting(0..<part.count * order).mutableSpan
        try CurvatureFactor.copyRows(part, of: rows, scaledBy: factors, into: &block)
        Scalar.addGramPiece(
          of: block.span, order: order, inner: part.count,
          plus: first == range.lowerBound ? 0 : 1, into: &sum)
      }
    }
    Scalar.copy(UnsafeBufferPointer(sums.pointer.extracting(0..<order * order)).span, into: &result)
    for piece in 1..<pieces {
      Scalar.add(
        1,
        UnsafeBufferPointer(
          sums.pointer.extracting(piece * order * order..<(piece + 1) * order * order)
        ).span, to: &result)
    }
  }

  /// In the dual, a block of whole rows takes 32 MB of doubles.
  private var tiledRowsPerBlock: Int { max(1, min(rowCount, (1 << 22) / columnCount)) }

  /// Lower triangle of result ← T Tᵀ, tile by tile.
  private func formGram(
    rows: any RowAccessible<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    let length = tiledRowsPerBlock
    let block = AlignedBuffer.reserve(&scratch.rowBlock, length * columnCount)
    guard length < rowCount else {
      try withRows(0..<rowCount, of: rows, in: block) {
        Scalar.addGram(of: $0, order: rowCount, inner: columnCount, into: &result)
      }
      return
    }
    let other = AlignedBuffer.reserve(&scratch.otherRowBlock, length * columnCount)
    let tile = AlignedBuffer.reserve(&scratch.tile, length * length)
    try forEachRowBlock(of: length) { upper in
      try withRows(upper, of: rows, in: block) { left in
        try forEachRowBlock(of: length) { lower in
          guard lower.lowerBound <= upper.lowerBound else { return }
          var all = tile.mutableSpan
          try all.withSlice(0..<upper.count * lower.count) { product in
            if lower == upper {
              Scalar.addGram(of: left, order: upper.count, inner: columnCount, into: &product)
            } else {
              try withRows(lower, of: rows, in: other) { right in
                Scalar.multiply(
                  left, .plain, right, .transposed, rows: upper.count, inner: columnCount,
                  columns: lower.count, into: &product)
              }
            }
            copyTile(product.span, rows: upper, columns: lower, into: &result)
          }
        }
      }
    }
  }

  /// Rows and columns of result ← a tile.
  private func copyTile(
    _ tile: Span<Scalar>, rows: Range<Int>, columns: Range<Int>,
    into result: inout MutableSpan<Scalar>
  ) {
    for (position, i) in rows.enumerated() {
      result.withSlice(i * rowCount + columns.lowerBound..<i * rowCount + columns.upperBound) {
        Scalar.copy(
          tile.extracting(position * columns.count..<(position + 1) * columns.count), into: &$0)
      }
    }
  }

  private func forEachRowBlock(of length: Int, _ body: (Range<Int>) throws -> Void) throws {
    for first in stride(from: 0, to: rowCount, by: length) {
      try ledger.cancellation.check()
      try body(first..<min(rowCount, first + length))
    }
  }

  /// Calls `body` with rows `range` of T, written to the start of `block`.
  private func withRows(
    _ range: Range<Int>, of rows: any RowAccessible<Scalar>,
    in block: UnsafeMutableBufferPointer<Scalar>, _ body: (Span<Scalar>) throws -> Void
  ) throws {
    try copyRows(range, of: rows, into: block)
    try body(UnsafeBufferPointer(block.extracting(0..<range.count * columnCount)).span)
  }
}

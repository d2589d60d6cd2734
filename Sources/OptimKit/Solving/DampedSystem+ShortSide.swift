/// b and c of the problem ½‖T x − b‖² + (μ/2)‖x − c‖².
public struct DampedRightHandSide<Scalar: RealScalar>: Sendable {
  /// b, one element per row of T.
  public var target: [Scalar]

  /// c, one element per column of T; nil stands for zero.
  public var center: [Scalar]?

  /// Creates a right-hand side.
  public init(target: [Scalar], center: [Scalar]? = nil) {
    self.target = target
    self.center = center
  }
}

extension DampedSystem {
  /// result ← r of N z = r.
  ///
  /// - Complexity: One product with Jᵀ in the primal, one with J in the dual with a center.
  public func shortSide(
    of rightHandSide: borrowing DampedRightHandSide<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    precondition(result.count == shortCount && rightHandSide.target.count == rowCount)
    if isDual {
      guard let center = rightHandSide.center else {
        Scalar.copy(rightHandSide.target.span, into: &result)
        return
      }
      try apply(center.span, into: &result)
      Scalar.combine(1, rightHandSide.target.span, plus: -1, into: &result)
    } else {
      try applyTransposed(rightHandSide.target.span, into: &result)
      if let center = rightHandSide.center { Scalar.add(damping, center.span, to: &result) }
    }
  }

  /// result ← x, from z.
  ///
  /// - Complexity: One product with Jᵀ in the dual.
  public func recover(
    from z: Span<Scalar>, of rightHandSide: borrowing DampedRightHandSide<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) throws {
    precondition(z.count == shortCount && result.count == columnCount)
    guard isDual else {
      Scalar.copy(z, into: &result)
      return
    }
    try applyTransposed(z, into: &result)
    if let center = rightHandSide.center { Scalar.add(1, center.span, to: &result) }
  }

  /// What the normal matrix is made from, in words.
  public var normalMatrixAccess: String {
    if isDual, gramComputing != nil { return "structured Gram matrix" }
    return sparseRows != nil ? "Gram matrix of sparse rows" : "Gram matrix of streamed rows"
  }

  /// What products with N are made from, in words.
  public var productAccess: String {
    isDual && gramComputing != nil ? "fused Gram products" : "Jacobian products"
  }

  /// Lower triangle of result ← N.
  ///
  /// - Complexity: That of the Jacobian's `GramComputing` in the dual; the sum of the squared numbers of stored
  ///   elements in the rows of A from sparse rows; otherwise O(n p · min(n, p)) from blocks of rows.
  /// - Throws: `OptimKitError` of kind `missingCapability` where the Jacobian offers products only.
  public func formNormalMatrix(into result: inout Matrix<Scalar>) throws {
    precondition(result.rowCount == shortCount && result.columnCount == shortCount)
    ledger.counts.gramMatrices += 1
    var elements = result.storage.mutableSpan
    try ledger.measure(.gram) {
      if isDual, let gramComputing {
        try gramComputing.computeGram(into: &elements)
        scaleGram(&elements)
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
    if damping > 0 {
      for i in 0..<shortCount { elements[i * shortCount + i] += damping }
    }
  }

  /// N in its lower triangle, in the memory of `storage` where that has the size.
  package func normalMatrix(reusing storage: consuming Matrix<Scalar>?) throws -> Matrix<Scalar> {
    var memory = storage.take()
    if memory?.rowCount != shortCount {
      memory = Matrix(rowCount: shortCount, columnCount: shortCount)
    }
    var normal = memory.take()!
    try formNormalMatrix(into: &normal)
    return normal
  }

  /// Rows that a block of bounded size, 32 MB of doubles, holds.
  private var rowsPerBlock: Int { max(1, min(rowCount, (1 << 22) / columnCount)) }

  private func formNormalMatrix(
    rows: any RowAccessible<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    let block = AlignedBuffer.reserve(&scratch.rowBlock, rowsPerBlock * columnCount)
    if isDual {
      try formGram(rows: rows, block: block, into: &result)
    } else {
      try forEachRowBlock { range in
        try withRows(range, of: rows, in: block) { span in
          Scalar.addGram(
            of: span, .transposed, order: columnCount, inner: range.count,
            plus: range.lowerBound == 0 ? 0 : 1, into: &result)
        }
      }
    }
  }

  /// Lower triangle of result ← T Tᵀ, tile by tile.
  private func formGram(
    rows: any RowAccessible<Scalar>, block: UnsafeMutableBufferPointer<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) throws {
    let other = AlignedBuffer.reserve(&scratch.otherRowBlock, block.count)
    let tile = AlignedBuffer.reserve(&scratch.tile, rowsPerBlock * rowsPerBlock)
    let order = rowCount
    let inner = columnCount
    try forEachRowBlock { upper in
      try withRows(upper, of: rows, in: block) { left in
        try forEachRowBlock { lower in
          guard lower.lowerBound <= upper.lowerBound else { return }
          try withRows(lower, of: rows, in: other) { right in
            var all = tile.mutableSpan
            all.withSlice(0..<upper.count * lower.count) { product in
              Scalar.multiply(
                left, .plain, right, .transposed, rows: upper.count, inner: inner,
                columns: lower.count, into: &product)
            }
            for (position, i) in upper.enumerated() {
              result.withSlice(
                i * order + lower.lowerBound..<i * order + lower.upperBound
              ) { target in
                Scalar.copy(
                  all.span.extracting(position * lower.count..<(position + 1) * lower.count),
                  into: &target)
              }
            }
          }
        }
      }
    }
  }

  private func forEachRowBlock(_ body: (Range<Int>) throws -> Void) throws {
    for first in stride(from: 0, to: rowCount, by: rowsPerBlock) {
      try ledger.cancellation.check()
      try body(first..<min(rowCount, first + rowsPerBlock))
    }
  }

  /// Calls `body` with rows `range` of T, written to the start of `block`.
  private func withRows(
    _ range: Range<Int>, of rows: any RowAccessible<Scalar>,
    in block: UnsafeMutableBufferPointer<Scalar>,
    _ body: (Span<Scalar>) throws -> Void
  ) throws {
    var all = block.mutableSpan
    try all.withSlice(0..<range.count * columnCount) { span in
      try rows.copyRows(range, into: &span)
      scaleRows(range, in: &span)
    }
    try body(all.span.extracting(first: range.count * columnCount))
  }

  /// Multiplies rows of J by their curvature factors.
  func scaleRows(_ rows: Range<Int>, in block: inout MutableSpan<Scalar>) {
    guard let curvatureFactor else { return }
    for (position, row) in rows.enumerated() {
      block.withSlice(position * columnCount..<(position + 1) * columnCount) {
        Scalar.scale(&$0, by: curvatureFactor[row])
      }
    }
  }

  /// Lower triangle of K ← C K C.
  func scaleGram(_ gram: inout MutableSpan<Scalar>) {
    guard let curvatureFactor else { return }
    for i in 0..<rowCount {
      gram.withSlice(i * rowCount..<i * rowCount + i + 1) { row in
        Scalar.multiply(curvatureFactor.span.extracting(first: i + 1), into: &row)
        Scalar.scale(&row, by: curvatureFactor[i])
      }
    }
  }
}

extension DampedSystem {
  /// The length of the columns of Ā = [A; √μ I], the tall matrix whose normal matrix is N: that of the long
  /// side, and of the short side where there is damping.
  public var augmentedLongCount: Int { longCount + (damping > 0 ? shortCount : 0) }

  /// A matrix of the shape that `copyAugmentedRows` fills.
  public func makeAugmentedMatrix() -> Matrix<Scalar> {
    isDual
      ? Matrix(rowCount: shortCount, columnCount: augmentedLongCount)
      : Matrix(rowCount: augmentedLongCount, columnCount: shortCount)
  }

  /// result ← the rows of Ā = [T; √μ I] in the primal, and of Āᵀ = [T, √μ I] in the dual.
  ///
  /// - Complexity: O(n p), and the Jacobian's time to write its rows.
  /// - Throws: `OptimKitError` of kind `missingCapability` where the Jacobian offers products only.
  public func copyAugmentedRows(into result: inout Matrix<Scalar>) throws {
    precondition(result.rowCount == (isDual ? shortCount : augmentedLongCount))
    precondition(result.columnCount == (isDual ? augmentedLongCount : shortCount))
    guard let rowAccessible else {
      throw OptimKitError(
        .missingCapability,
        cause: "the Jacobian offers products only, not its rows",
        remedy: "choose a solver that needs products only, such as LSQR, or make the Jacobian "
          + "conform to RowAccessible")
    }
    let stride = result.columnCount
    let order = shortCount
    var elements = result.storage.mutableSpan
    // Rows of T stand apart where √μ I is beside them.
    let rowsPerCopy = stride == columnCount ? rowCount : 1
    for first in Swift.stride(from: 0, to: rowCount, by: rowsPerCopy) {
      let rows = first..<first + rowsPerCopy
      try elements.withSlice(first * stride..<first * stride + rowsPerCopy * columnCount) { span in
        try rowAccessible.copyRows(rows, into: &span)
        scaleRows(rows, in: &span)
      }
    }
    guard damping > 0 else { return }
    let root = damping.squareRoot()
    for i in 0..<order {
      let start = isDual ? i * stride + columnCount : (rowCount + i) * stride
      elements.withSlice(start..<start + order) { span in
        Scalar.fill(&span, with: 0)
        span[i] = root
      }
    }
  }
}

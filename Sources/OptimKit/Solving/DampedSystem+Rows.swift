extension DampedSystem {
  /// Start of result ← rows `range` of T, by several threads.
  func copyRows(
    _ range: Range<Int>, of rows: any RowAccessible<Scalar>,
    into result: UnsafeMutableBufferPointer<Scalar>
  ) throws {
    let target = Shared(result)
    let columns = columnCount
    let factors = curvatureFactor
    // 2¹⁶ elements are worth a piece.
    let pieces = max(1, min(16, range.count, range.count * columns >> 16))
    try ThreadPool.forEachThrowing(pieces) { piece in
      let part = ThreadPool.piece(piece, of: pieces, in: range)
      let first = (part.lowerBound - range.lowerBound) * columns
      var span = target.pointer.extracting(first..<first + part.count * columns).mutableSpan
      try CurvatureFactor.copyRows(part, of: rows, scaledBy: factors, into: &span)
    }
  }

  /// `count` rows of T, evenly spread over all; nil in the dual, where rows are not the long side's, where there
  /// are fewer than `least` of them or they are held in parts, and where the Jacobian offers products only.
  ///
  /// - Complexity: O(count · p).
  package func sampleRows(_ count: Int, outOf least: Int) throws -> Matrix<Scalar>? {
    guard !isDual, !isSharded, rowCount >= max(least, count), let rowAccessible else { return nil }
    var sample = Matrix<Scalar>(rowCount: count, columnCount: columnCount)
    try sample.withMutableElements { elements in
      for position in 0..<count {
        let row = ThreadPool.piece(position, of: count, in: 0..<rowCount).lowerBound
        try elements.withSlice(position * columnCount..<(position + 1) * columnCount) {
          try CurvatureFactor.copyRows(
            row..<row + 1, of: rowAccessible, scaledBy: curvatureFactor, into: &$0)
        }
      }
    }
    return sample
  }

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
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where the Jacobian offers products only.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func copyAugmentedRows(into result: inout Matrix<Scalar>) throws {
    precondition(result.rowCount == (isDual ? shortCount : augmentedLongCount))
    precondition(result.columnCount == (isDual ? augmentedLongCount : shortCount))
    try requireWhole(for: "QR of all rows")
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
        try CurvatureFactor.copyRows(
          rows, of: rowAccessible, scaledBy: curvatureFactor, into: &span)
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

extension DampedSystem {
  /// Throws where the system is held in parts.
  ///
  /// - Parameter method: What needs it whole, for the error.
  public func requireWhole(for method: String) throws {
    guard isSharded else { return }
    throw OptimKitError(
      .missingCapability, cause: "\(method), of a system that ranks hold in parts",
      remedy: "choose the exact solver, conjugate gradients, or these with a sketch")
  }
}

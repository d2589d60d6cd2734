extension DampedSystem {
  /// The lower triangles of the blocks of N on its diagonal, of order `order`; the last may be smaller.
  ///
  /// - Complexity: In the dual that of the Jacobian's ``GramColumns`` for all columns, or O(n p · order) from
  ///   rows, `order` of them at a time; in the primal O(n p · order) from rows, or from sparse ones the sum of the
  ///   squares of how many elements they have in each block.
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where the Jacobian offers products only.
  public func diagonalBlocks(order: Int) throws -> [Matrix<Scalar>] {
    precondition(order > 0, "blocks have rows")
    var blocks = stride(from: 0, to: shortCount, by: order).map {
      let size = min(order, shortCount - $0)
      return Matrix<Scalar>(rowCount: size, columnCount: size)
    }
    if columnsOfGram != nil {
      try copyBlocksOfColumns(into: &blocks, order: order)
    } else {
      try ledger.measureInterruptibly(.gram) {
        if isDual {
          try addBlocksOfRows(to: &blocks, order: order)
        } else if let sparseRows {
          try addBlocks(of: sparseRows, to: &blocks, order: order)
        } else {
          try addBlocksOfSubcolumns(to: &blocks, order: order)
        }
        for number in blocks.indices {
          let size = blocks[number].rowCount
          try blocks[number].withMutableElements {
            try ledger.completeTriangle(&$0, order: size, sharding, .gram)
          }
        }
      }
    }
    if damping > 0 {
      for number in blocks.indices {
        for i in 0..<blocks[number].rowCount { blocks[number][i, i] += damping }
      }
    }
    return blocks
  }

  private func copyBlocksOfColumns(into blocks: inout [Matrix<Scalar>], order: Int) throws {
    for number in blocks.indices {
      let first = number * order
      let size = blocks[number].rowCount
      var columns = Scalar.zeros(size * shortCount)
      var span = columns.mutableSpan
      try copyUndampedColumns(Array(first..<first + size), into: &span)
      for i in 0..<size {
        for j in 0...i { blocks[number][i, j] = span[j * shortCount + first + i] }
      }
    }
  }

  /// Dual: block b is the Gram matrix of its own rows of T.
  private func addBlocksOfRows(to blocks: inout [Matrix<Scalar>], order: Int) throws {
    guard let rowAccessible else { throw productsOnlyError }
    let buffer = AlignedBuffer.reserve(&scratch.rowBlock, min(order, rowCount) * columnCount)
    for number in blocks.indices {
      let size = blocks[number].rowCount
      let range = number * order..<number * order + size
      let memory = buffer.extracting(0..<size * columnCount)
      var rows = memory.mutableSpan
      try CurvatureFactor.copyRows(
        range, of: rowAccessible, scaledBy: curvatureFactor, into: &rows)
      blocks[number].withMutableElements {
        Scalar.addGram(of: rows.span, order: size, inner: columnCount, into: &$0)
      }
    }
  }

  /// Primal: block b sums over all rows the products of its own columns of T.
  private func addBlocksOfSubcolumns(to blocks: inout [Matrix<Scalar>], order: Int) throws {
    try forEachBlockOfRows { range, rows in
      let buffer = AlignedBuffer.reserve(
        &scratch.otherRowBlock, range.count * min(order, columnCount))
      for number in blocks.indices {
        let size = blocks[number].rowCount
        let memory = buffer.extracting(0..<range.count * size)
        var part = memory.mutableSpan
        for row in 0..<range.count {
          let start = row * columnCount + number * order
          part.withSlice(row * size..<(row + 1) * size) {
            Scalar.copy(rows.extracting(start..<start + size), into: &$0)
          }
        }
        blocks[number].withMutableElements {
          Scalar.addGram(
            of: part.span, .transposed, order: size, inner: range.count, plus: 1, into: &$0)
        }
      }
    }
  }

  /// Primal: products of the stored elements of a row that share a block.
  private func addBlocks(
    of rows: any SparseRows<Scalar>, to blocks: inout [Matrix<Scalar>], order: Int
  ) throws {
    try forEachSparseBlock(of: rows, in: [0..<rowCount]) { part, _ in
      Self.addProducts(of: part, to: &blocks, order: order)
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func addProducts(
    of rows: SparseMatrix<Scalar>, to blocks: inout [Matrix<Scalar>], order: Int
  ) {
    rows.withUnsafeElements { columns, values in
      for row in 0..<rows.rowCount {
        var first = rows.rowOffsets[row]
        let end = rows.rowOffsets[row + 1]
        // Columns ascend: those of one block are neighbours.
        while first < end {
          let number = Int(columns[first]) / order
          let origin = number * order
          var last = first
          while last < end, Int(columns[last]) < origin + order { last += 1 }
          let size = blocks[number].rowCount
          blocks[number].withMutableElements { block in
            for place in first..<last {
              let target = (Int(columns[place]) - origin) * size - origin
              for other in first...place {
                block[target + Int(columns[other])] += values[place] * values[other]
              }
            }
          }
          first = last
        }
      }
    }
  }

  /// What is wrong where rows are needed and there are none.
  var productsOnlyError: OptimKitError {
    OptimKitError(
      .missingCapability, cause: "the Jacobian offers products only, not its rows",
      remedy: "choose the Nyström preconditioner, or make the Jacobian conform to RowAccessible")
  }
}

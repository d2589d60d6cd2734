extension Sketch {
  /// S A for a dense matrix A of `columnCount` rows, groups of its columns side by side.
  ///
  /// - Complexity: That of the sketch, and O(elements of A). Storage: for each thread, a block and a sum of 64 lanes;
  ///   of all columns where the sketch prefers many lanes.
  public func applied<Scalar: RealScalar>(to matrix: Matrix<Scalar>) -> Matrix<Scalar> {
    precondition(matrix.rowCount == columnCount, "the sketch fits the matrix")
    let columns = matrix.columnCount
    var result = Matrix<Scalar>(rowCount: rowCount, columnCount: columns)
    let width = Lanes.width(of: Scalar.self)
    let all = (columns + width - 1) / width * width
    let lanes = prefersManyLanes ? all : min(all, 64)
    guard lanes > 0 else { return result }
    result.withMutableElements { elements in
      elements.withUnsafeMutableBufferPointer { target in
        let target = Shared(target)
        ThreadPool.forEach((columns + lanes - 1) / lanes) { number in
          let group = number * lanes..<min(columns, (number + 1) * lanes)
          let buffers = SketchBuffers<Scalar>()
          buffers.begin(lanes: lanes, sumRows: rowCount)
          for number in 0..<blockCount where needsBlock(number) {
            accumulate(
              copyBlock(number, of: matrix, columns: group, buffers), number: number, buffers)
          }
          buffers.copySum(rows: 0..<rowCount, to: target.pointer, columns: columns, group: group)
        }
      }
    }
    return result
  }

  /// Block `number` of some columns, with zeros where there are no rows or columns.
  private func copyBlock<Scalar: RealScalar>(
    _ number: Int, of matrix: Matrix<Scalar>, columns: Range<Int>, _ buffers: SketchBuffers<Scalar>
  ) -> UnsafeMutableBufferPointer<Scalar> {
    let lanes = buffers.lanes
    let rows = number * blockRowCount..<min(columnCount, (number + 1) * blockRowCount)
    let block = buffers.block(count: blockRowCount * lanes)
    block.clear(from: columns.count < lanes ? 0 : rows.count * lanes)
    matrix.storage.withUnsafeBufferPointer { elements in
      for (position, row) in rows.enumerated() {
        (block.baseAddress! + position * lanes).update(
          from: elements.baseAddress! + row * matrix.columnCount + columns.lowerBound,
          count: columns.count)
      }
    }
    return block
  }
}

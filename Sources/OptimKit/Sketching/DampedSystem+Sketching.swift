import Synchronization

extension DampedSystem {
  /// First `sketch.rowCount` rows of result ← S A for the tall matrix A of this system; `shortCount`
  /// columns. Further rows of the result are left alone.
  ///
  /// Columns of A are worked on in groups of lanes, side by side on several threads; each group sums its
  /// blocks in order, so that the result does not depend on the number of threads.
  ///
  /// - Complexity: n p times the cost of the sketch per element. From Khatri-Rao rows, blocks of A are
  ///   made in cache and never stored.
  /// - Throws: `OptimKitError` of kind `missingCapability` where the Jacobian offers products only.
  public func apply(_ sketch: any Sketch, into result: inout Matrix<Scalar>) throws {
    precondition(sketch.columnCount == longCount, "the sketch fits the long side")
    precondition(result.rowCount >= sketch.rowCount && result.columnCount == shortCount)
    ledger.counts.sketches += 1
    try ledger.measure(.sketch) {
      if isDual, let khatriRaoRows {
        try sketchColumns(rows: sketch.rowCount, into: &result) { group, buffers in
          try sketch.accumulate(khatriRaoRows, group, buffers)
        }
        scaleColumns(of: &result, rows: sketch.rowCount)
      } else if isDual, let rowAccessible {
        try sketchColumns(rows: sketch.rowCount, into: &result) { group, buffers in
          try sketch.accumulate(rowAccessible, group, buffers)
        }
        scaleColumns(of: &result, rows: sketch.rowCount)
      } else if let rowAccessible {
        try sketchRows(of: rowAccessible, with: sketch, into: &result)
      } else {
        throw OptimKitError(
          .missingCapability,
          cause: "the Jacobian offers products only, and a sketch needs its rows",
          remedy: "choose conjugate gradients, or make the Jacobian conform to RowAccessible")
      }
    }
  }

  /// What a sketch is made from, in words.
  public var sketchAccess: String {
    isDual && khatriRaoRows != nil ? "sketch of Khatri-Rao rows" : "sketch of streamed rows"
  }

  /// Dual: each group of lanes visits all blocks of its own columns of A, that is rows of J.
  private func sketchColumns(
    rows: Int, into result: inout Matrix<Scalar>,
    _ accumulate: @Sendable (Range<Int>, SketchBuffers<Scalar>) throws -> Void
  ) throws {
    let width = Lanes.width(of: Scalar.self)
    let columns = result.columnCount
    let groups = (columns + width - 1) / width
    let failure = Mutex<(any Error)?>(nil)
    result.storage.withUnsafeMutableBufferPointer { target in
      let target = Shared(target)
      ThreadPool.forEach(groups) { number in
        guard failure.withLock({ $0 == nil }) else { return }
        let group = number * width..<min(columns, (number + 1) * width)
        let buffers = SketchBuffers<Scalar>(sumCount: rows * width)
        do {
          try accumulate(group, buffers)
          buffers.copySum(rows: rows, to: target.pointer, columns: columns, group: group)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Primal: blocks of rows of J stream by once; each is shared out over the groups of lanes.
  private func sketchRows(
    of rows: any RowAccessible<Scalar>, with sketch: any Sketch, into result: inout Matrix<Scalar>
  ) throws {
    let width = Lanes.width(of: Scalar.self)
    let columns = columnCount
    let groups = (columns + width - 1) / width
    let blockRows = sketch.blockRowCount
    let sketchRows = sketch.rowCount
    let buffers = (0..<groups).map { _ in
      Shared(SketchBuffers<Scalar>(sumCount: sketchRows * width, blockCount: blockRows * width))
    }
    var source = Scalar.zeros(min(blockRows, rowCount) * columns)
    for number in 0..<sketch.blockCount {
      let range = number * blockRows..<min(rowCount, (number + 1) * blockRows)
      var all = source.mutableSpan
      try all.withSlice(0..<range.count * columns) { span in
        try rows.copyRows(range, into: &span)
        scaleRows(range, in: &span)
      }
      source.withUnsafeBufferPointer { source in
        let source = Shared(source)
        ThreadPool.forEach(groups) { group in
          let lanes = group * width..<min(columns, (group + 1) * width)
          let buffers = buffers[group].pointer
          let block = buffers.block(count: blockRows * width)
          Scalar.routines.kernels.copyIntoLanes(
            source.pointer.baseAddress! + lanes.lowerBound, columns, lanes.count, block.baseAddress,
            range.count, width)
          block.clear(from: range.count * width)
          sketch.accumulate(block, number: number, buffers)
        }
      }
    }
    result.storage.withUnsafeMutableBufferPointer { target in
      for (number, buffers) in buffers.enumerated() {
        buffers.pointer.copySum(
          rows: sketchRows, to: target, columns: columns,
          group: number * width..<min(columns, (number + 1) * width))
      }
    }
  }

  /// Column i of S A ← cᵢ times itself: rows of J are scaled after sketching in the dual.
  private func scaleColumns(of result: inout Matrix<Scalar>, rows: Int) {
    guard let curvatureFactor else { return }
    var all = result.storage.mutableSpan
    for i in 0..<rows {
      all.withSlice(i * shortCount..<(i + 1) * shortCount) {
        Scalar.multiply(curvatureFactor.span, into: &$0)
      }
    }
  }
}

/// The sum and the block of one group of lanes.
final class SketchBuffers<Scalar: RealScalar> {
  let sum: AlignedBuffer<Scalar>
  private var blockStorage: AlignedBuffer<Scalar>

  init(sumCount: Int, blockCount: Int = 0) {
    sum = AlignedBuffer(count: sumCount)
    blockStorage = AlignedBuffer(count: blockCount)
  }

  /// The block, of at least `count` elements.
  func block(count: Int) -> UnsafeMutableBufferPointer<Scalar> {
    if blockStorage.count < count { blockStorage = AlignedBuffer(count: count) }
    return UnsafeMutableBufferPointer(start: blockStorage.baseAddress, count: count)
  }

  /// Writes the sum to columns `group` of a row-major matrix.
  func copySum(
    rows: Int, to target: UnsafeMutableBufferPointer<Scalar>, columns: Int, group: Range<Int>
  ) {
    guard let target = target.baseAddress else { return }
    let width = Lanes.width(of: Scalar.self)
    for row in 0..<rows {
      (target + row * columns + group.lowerBound).update(
        from: sum.baseAddress + row * width, count: group.count)
    }
  }
}

extension Sketch {
  /// Adds a block's share to the sum of its group of lanes.
  func accumulate<Scalar: RealScalar>(
    _ block: UnsafeMutableBufferPointer<Scalar>, number: Int, _ buffers: SketchBuffers<Scalar>
  ) {
    var block = block.mutableSpan
    var sum = buffers.sum.memory.mutableSpan
    accumulate(&block, number: number, lanes: Lanes.width(of: Scalar.self), into: &sum)
  }

  /// Rows `group` of J as columns of A: whole rows are written out, then visited block by block.
  fileprivate func accumulate<Scalar: RealScalar>(
    _ jacobian: any RowAccessible<Scalar>, _ group: Range<Int>, _ buffers: SketchBuffers<Scalar>
  ) throws {
    let width = Lanes.width(of: Scalar.self)
    let length = jacobian.columnCount
    let rows = AlignedBuffer<Scalar>(count: group.count * length)
    var span = rows.memory.mutableSpan
    try jacobian.copyRows(group, into: &span)
    for number in 0..<blockCount {
      let first = number * blockRowCount
      let count = min(blockRowCount, length - first)
      let block = buffers.block(count: blockRowCount * width)
      Scalar.routines.kernels.transposeIntoLanes(
        rows.baseAddress + first, length, group.count, block.baseAddress, count, width)
      block.clear(from: count * width)
      accumulate(block, number: number, buffers)
    }
  }

  /// Rows `group` of J as columns of A, made from their Kronecker factors block by block.
  fileprivate func accumulate<Scalar: RealScalar>(
    _ jacobian: any KhatriRaoRows<Scalar>, _ group: Range<Int>, _ buffers: SketchBuffers<Scalar>
  ) throws {
    let kernels = Scalar.routines.kernels
    let width = Lanes.width(of: Scalar.self)
    let leftCount = jacobian.leftFactorCount
    let rightCount = jacobian.rightFactorCount
    let leftPerBlock = min(leftCount, blockRowCount / rightCount + 2)
    let right = AlignedBuffer<Scalar>(count: rightCount * width)
    let left = AlignedBuffer<Scalar>(count: leftPerBlock * width)
    let source = AlignedBuffer<Scalar>(count: group.count * max(leftPerBlock, rightCount))

    var rightSource = source.memory.extracting(0..<group.count * rightCount).mutableSpan
    try jacobian.copyRightFactors(rows: group, into: &rightSource)
    kernels.transposeIntoLanes(
      source.baseAddress, rightCount, group.count, right.baseAddress, rightCount, width)

    let blockElements = blockRowCount * width
    for number in 0..<blockCount {
      // Blocks start and end inside a left factor's run of rightCount rows: whole runs are made, and the
      // block is the part of them that it covers.
      let first = number * blockRowCount
      let end = min(columnCount, first + blockRowCount)
      let elements = first / rightCount..<(end + rightCount - 1) / rightCount
      var leftSource = source.memory.extracting(0..<group.count * elements.count).mutableSpan
      try jacobian.copyLeftFactors(rows: group, elements: elements, into: &leftSource)
      kernels.transposeIntoLanes(
        source.baseAddress, elements.count, group.count, left.baseAddress, elements.count, width)
      let offset = (first - elements.lowerBound * rightCount) * width
      let made = elements.count * rightCount * width
      let memory = buffers.block(count: max(made, offset + blockElements))
      kernels.khatriRao(
        left.baseAddress, elements.count, right.baseAddress, rightCount, memory.baseAddress, width)
      memory.clear(from: offset + (end - first) * width)
      accumulate(
        UnsafeMutableBufferPointer(rebasing: memory[offset..<offset + blockElements]),
        number: number, buffers)
    }
  }
}

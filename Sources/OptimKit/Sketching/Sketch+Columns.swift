extension Sketch {
  /// Adds a block's share to the sum of its group of lanes.
  func accumulate<Scalar: RealScalar>(
    _ block: UnsafeMutableBufferPointer<Scalar>, number: Int, _ buffers: SketchBuffers<Scalar>
  ) {
    var block = block.mutableSpan
    var sum = buffers.sum.memory.mutableSpan
    accumulate(&block, number: number, lanes: buffers.lanes, into: &sum)
  }

  /// Rows `group` of J as columns of A: whole rows are written out, then visited block by block.
  ///
  /// - Parameter part: Which elements of the columns of A the Jacobian has.
  func accumulate<Scalar: RealScalar>(
    _ jacobian: any RowAccessible<Scalar>, _ group: Range<Int>, _ part: Range<Int>,
    _ buffers: SketchBuffers<Scalar>
  ) throws {
    let lanes = buffers.lanes
    let length = jacobian.columnCount
    let rows = buffers.source(count: group.count * length)
    var span = rows.mutableSpan
    try jacobian.copyRows(group, into: &span)
    for number in 0..<blockCount where needsBlock(number) {
      let first = number * blockRowCount
      let range = (first..<first + blockRowCount).clamped(to: part)
      guard !range.isEmpty else { continue }
      let before = (range.lowerBound - first) * lanes
      let block = buffers.block(count: blockRowCount * lanes)
      Scalar.routines.kernels.transposeIntoLanes(
        rows.baseAddress! + range.lowerBound - part.lowerBound, length, group.count,
        block.baseAddress! + before, range.count, lanes)
      block.extracting(0..<before).clear(from: 0)
      block.clear(from: before + range.count * lanes)
      accumulate(block, number: number, buffers)
    }
  }

  /// Rows `group` of J as columns of A, made from their Kronecker factors block by block.
  ///
  /// - Parameter part: Which elements of the columns of A the Jacobian has: whole runs of right factors.
  func accumulate<Scalar: RealScalar>(
    _ jacobian: any KhatriRaoRows<Scalar>, _ group: Range<Int>, _ part: Range<Int>,
    _ buffers: SketchBuffers<Scalar>
  ) throws {
    let kernels = Scalar.routines.kernels
    let expanding = jacobian as? any LeftFactorLanes<Scalar>
    let lanes = buffers.lanes
    let leftCount = jacobian.leftFactorCount
    let rightCount = jacobian.rightFactorCount
    let leftPerBlock = min(leftCount, blockRowCount / rightCount + 2)
    let (left, right) = buffers.factors(left: leftPerBlock * lanes, right: rightCount * lanes)
    try jacobian.copyRightFactors(group, to: right, buffers)

    let blockElements = blockRowCount * lanes
    for number in 0..<blockCount where needsBlock(number) {
      // Blocks start and end inside a left factor's run of rightCount rows: whole runs are made, and the
      // block is the part of them that it covers.
      let first = number * blockRowCount
      let range = (first..<first + blockRowCount).clamped(to: part)
      guard !range.isEmpty else { continue }
      let elements =
        range.lowerBound / rightCount..<(range.upperBound + rightCount - 1) / rightCount
      let ownFirst = part.lowerBound / rightCount
      try jacobian.copyLeftFactors(
        group, elements.lowerBound - ownFirst..<elements.upperBound - ownFirst, by: expanding,
        to: left, buffers)
      // Where the part starts inside the block, zeros stand before it.
      let before = (range.lowerBound - first) * lanes
      let offset = (range.lowerBound - elements.lowerBound * rightCount) * lanes
      let made = elements.count * rightCount * lanes
      let memory = buffers.block(count: max(before + made, offset + blockElements))
      memory.extracting(0..<before).clear(from: 0)
      kernels.khatriRao(
        left.baseAddress, elements.count, right.baseAddress, rightCount,
        memory.baseAddress! + before, lanes)
      memory.clear(from: offset + before + range.count * lanes)
      accumulate(
        UnsafeMutableBufferPointer(rebasing: memory[offset..<offset + blockElements]),
        number: number, buffers)
    }
  }
}

extension KhatriRaoSketch {
  /// Rows `group` of J as columns of A, by their Kronecker factors.
  ///
  /// - Parameter part: Which elements of the columns of A the Jacobian has: whole runs of right factors.
  func apply<Scalar: RealScalar>(
    to jacobian: any KhatriRaoRows<Scalar>, _ group: Range<Int>, _ part: Range<Int>,
    _ buffers: SketchBuffers<Scalar>
  ) throws {
    let expanding = jacobian as? any LeftFactorLanes<Scalar>
    let lanes = buffers.lanes
    let (left, right) = buffers.factors(left: leftCount * lanes, right: rightCount * lanes)
    let tile = min(leftCount, 2048)
    try jacobian.copyRightFactors(group, to: right, buffers)
    let own = part.lowerBound / rightCount..<part.upperBound / rightCount
    left.extracting(0..<own.lowerBound * lanes).clear(from: 0)
    left.extracting(0..<leftCount * lanes).clear(from: own.upperBound * lanes)
    for first in stride(from: own.lowerBound, to: own.upperBound, by: tile) {
      let end = min(own.upperBound, first + tile)
      let target = left.extracting(first * lanes..<end * lanes)
      try jacobian.copyLeftFactors(
        group, first - own.lowerBound..<end - own.lowerBound, by: expanding, to: target, buffers)
    }
    let leftSpan = UnsafeBufferPointer(left).span
    let rightSpan = UnsafeBufferPointer(right).span
    var sum = buffers.sum.memory.mutableSpan
    apply(left: leftSpan, right: rightSpan, into: &sum)
  }
}

extension KhatriRaoRows {
  /// Elements `elements` of the left factors of rows `group`, in lanes: by `expanding`, which is the Jacobian
  /// where it has the capability.
  fileprivate func copyLeftFactors(
    _ group: Range<Int>, _ elements: Range<Int>, by expanding: (any LeftFactorLanes<Scalar>)?,
    to lanes: UnsafeMutableBufferPointer<Scalar>, _ buffers: SketchBuffers<Scalar>
  ) throws {
    if let expanding {
      var span = lanes.extracting(0..<elements.count * buffers.lanes).mutableSpan
      try expanding.copyLeftFactors(
        rows: group, elements: elements, lanes: buffers.lanes, into: &span)
      return
    }
    let source = buffers.source(count: group.count * elements.count)
    var span = source.mutableSpan
    try copyLeftFactors(rows: group, elements: elements, into: &span)
    Scalar.routines.kernels.transposeIntoLanes(
      source.baseAddress, elements.count, group.count, lanes.baseAddress, elements.count,
      buffers.lanes)
  }

  /// The right factors of rows `group`, in lanes.
  fileprivate func copyRightFactors(
    _ group: Range<Int>, to lanes: UnsafeMutableBufferPointer<Scalar>,
    _ buffers: SketchBuffers<Scalar>
  ) throws {
    let source = buffers.source(count: group.count * rightFactorCount)
    var span = source.mutableSpan
    try copyRightFactors(rows: group, into: &span)
    Scalar.routines.kernels.transposeIntoLanes(
      source.baseAddress, rightFactorCount, group.count, lanes.baseAddress, rightFactorCount,
      buffers.lanes)
  }
}

/// The sum and the block of one group of lanes.
final class SketchBuffers<Scalar: RealScalar> {
  let lanes: Int
  let sum: AlignedBuffer<Scalar>
  private var blockStorage: AlignedBuffer<Scalar>

  init(lanes: Int, sumRows: Int, blockRows: Int = 0) {
    self.lanes = lanes
    sum = AlignedBuffer(count: sumRows * lanes)
    blockStorage = AlignedBuffer(count: blockRows * lanes)
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
    for row in 0..<rows {
      (target + row * columns + group.lowerBound).update(
        from: sum.baseAddress + row * lanes, count: group.count)
    }
  }
}

/// The sum and the block of one group of lanes, and what the block is made from.
final class SketchBuffers<Scalar: RealScalar> {
  private(set) var lanes = 0
  private(set) var sum = AlignedBuffer<Scalar>(count: 0)
  private var blockStorage: AlignedBuffer<Scalar>?
  private var sourceStorage: AlignedBuffer<Scalar>?
  private var leftStorage: AlignedBuffer<Scalar>?
  private var rightStorage: AlignedBuffer<Scalar>?

  /// Gets ready for a group of `lanes` lanes: `sumRows` rows of zeros in the sum.
  func begin(lanes: Int, sumRows: Int) {
    self.lanes = lanes
    if sum.count == sumRows * lanes {
      sum.memory.clear(from: 0)
    } else {
      sum = AlignedBuffer(count: sumRows * lanes)
    }
  }

  /// The block, of `count` elements; it may hold anything.
  func block(count: Int) -> UnsafeMutableBufferPointer<Scalar> {
    AlignedBuffer.reserve(&blockStorage, count)
  }

  /// Rows, or factors of rows, as the Jacobian writes them; they may hold anything.
  func source(count: Int) -> UnsafeMutableBufferPointer<Scalar> {
    AlignedBuffer.reserve(&sourceStorage, count)
  }

  /// Left and right factors of Khatri-Rao rows, in lanes; they may hold anything.
  func factors(
    left: Int, right: Int
  ) -> (left: UnsafeMutableBufferPointer<Scalar>, right: UnsafeMutableBufferPointer<Scalar>) {
    (AlignedBuffer.reserve(&leftStorage, left), AlignedBuffer.reserve(&rightStorage, right))
  }

  /// Writes rows `rows` of the sum to columns `group` of a row-major matrix, from its first row on.
  func copySum(
    rows: Range<Int>, to target: UnsafeMutableBufferPointer<Scalar>, columns: Int, group: Range<Int>
  ) {
    guard let target = target.baseAddress else { return }
    for (position, row) in rows.enumerated() {
      (target + position * columns + group.lowerBound).update(
        from: sum.baseAddress + row * lanes, count: group.count)
    }
  }
}

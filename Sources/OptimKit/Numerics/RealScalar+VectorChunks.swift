import COpenBLAS

/// Long vectors in chunks of one length, shared out over threads.
///
/// One thread does not use all of the bandwidth of memory.
extension RealScalar {
  /// Calls `body` for the chunks of a vector.
  static func forEachChunk(
    of x: inout MutableSpan<Self>, _ body: @Sendable (UnsafeMutablePointer<Self>, Int) -> Void
  ) {
    x.withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      let target = Shared(start)
      ThreadPool.forEachChunk(of: x.count) { range in
        body(target.pointer + range.lowerBound, range.count)
      }
    }
  }

  /// Calls `body` for the chunks of two vectors.
  static func forEachChunk(
    of x: Span<Self>, and y: inout MutableSpan<Self>,
    _ body: @Sendable (UnsafePointer<Self>, UnsafeMutablePointer<Self>, Int) -> Void
  ) {
    forEachNumberedChunk(of: x, and: &y) { _, x, y, count in body(x, y, count) }
  }

  /// As `forEachChunk`, with the number of the first element.
  static func forEachNumberedChunk(
    of x: Span<Self>, and y: inout MutableSpan<Self>,
    _ body: @Sendable (Int, UnsafePointer<Self>, UnsafeMutablePointer<Self>, Int) -> Void
  ) {
    precondition(x.count == y.count)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        let (source, target) = (Shared(x), Shared(y))
        ThreadPool.forEachChunk(of: x.count) { range in
          let first = range.lowerBound
          body(
            first, source.pointer.baseAddress! + first, target.pointer.baseAddress! + first,
            range.count)
        }
      }
    }
  }

  /// xᵀy, with the sums of the chunks added up in order.
  static func dot(
    _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, count: Int
  ) -> Self {
    let chunks = ThreadPool.chunkCount(of: count)
    guard chunks > 1 else { return routines.blas.dot(blasint(count), x, 1, y, 1) }
    return routines.scratch.withBuffer(count: chunks) { sums in
      let (x, y, partial) = (Shared(x), Shared(y), Shared(sums))
      ThreadPool.forEachNumberedChunk(of: count) { number, range in
        let first = range.lowerBound
        partial.pointer[number] = routines.blas.dot(
          blasint(range.count), x.pointer + first, 1, y.pointer + first, 1)
      }
      var sum = sums[0]
      for number in 1..<chunks { sum += sums[number] }
      return sum
    }
  }
}

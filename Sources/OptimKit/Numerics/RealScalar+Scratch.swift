extension RealScalar {
  /// Calls `body` with `count` elements of any content, 64-byte aligned, that the calling thread keeps for the next
  /// call.
  package static func withScratch<Result>(
    count: Int, _ body: (UnsafeMutableBufferPointer<Self>) throws -> Result
  ) rethrows -> Result {
    try routines.scratch.withBuffer(count: count) {
      try body(UnsafeMutableBufferPointer(start: $0, count: count))
    }
  }
}

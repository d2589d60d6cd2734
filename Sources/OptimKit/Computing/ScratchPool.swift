import Synchronization

/// Memory that is taken for the length of a call and kept for the next: warm computations allocate nothing.
///
/// Storage: one buffer for each call that was ever under way at once, of the largest size asked for.
final class ScratchPool<Scalar: RealScalar>: Sendable {
  private let free = Mutex<[Shared<AlignedBuffer<Scalar>>]>([])

  /// Calls `body` with `count` elements of any content, 64-byte aligned.
  func withBuffer<Result>(
    count: Int, _ body: (UnsafeMutablePointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    var buffer = free.withLock { $0.popLast() }
    if buffer.map({ $0.pointer.count < count }) ?? true {
      buffer = Shared(AlignedBuffer(count: count))
    }
    defer { free.withLock { $0.append(buffer!) } }
    return try body(buffer!.pointer.baseAddress)
  }
}

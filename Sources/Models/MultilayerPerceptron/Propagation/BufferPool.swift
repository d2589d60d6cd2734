import OptimKit
import Synchronization

/// Buffers that outlive their users, so that warm iterations allocate nothing.
final class BufferPool<Scalar: RealScalar>: Sendable {
  private struct Free: @unchecked Sendable {
    var buffers: [AlignedBuffer<Scalar>] = []
  }

  private let free = Mutex(Free())
  private let kept: Int

  /// - Parameter users: Those that linearize at once. Two buffers of a size are kept for each, enough for a step that
  ///   compares a trial point with its start.
  init(users: Int = 1) { kept = 2 * users }

  /// A buffer of `count` elements of any content.
  func take(_ count: Int) -> AlignedBuffer<Scalar> {
    let kept = free.withLock { free -> Shared<AlignedBuffer<Scalar>>? in
      free.buffers.firstIndex { $0.count == count }.map { Shared(free.buffers.remove(at: $0)) }
    }
    return kept?.pointer ?? AlignedBuffer(count: count)
  }

  /// Takes a buffer back.
  func give(_ buffer: AlignedBuffer<Scalar>) {
    let buffer = Shared(buffer)
    free.withLock { free in
      guard free.buffers.count(where: { $0.count == buffer.pointer.count }) < kept else { return }
      free.buffers.append(buffer.pointer)
    }
  }

  /// Calls `body` with `count` elements of any content, 64-byte aligned.
  func withBuffer<Result>(
    _ count: Int, _ body: (UnsafeMutablePointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    let buffer = take(count)
    defer { give(buffer) }
    return try body(buffer.baseAddress)
  }
}

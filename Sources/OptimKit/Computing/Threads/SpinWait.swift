import CThreads
import Dispatch

/// A wait for another thread that keeps the processor, since the other is about to be done.
struct SpinWait {
  private let nanoseconds: UInt64
  private var start: UInt64?

  /// - Parameter microseconds: How long the wait is at most.
  init(microseconds: UInt64) { nanoseconds = 1000 * microseconds }

  /// Waits a moment.
  ///
  /// - Returns: Whether there is time left.
  mutating func pause() -> Bool {
    guard nanoseconds > 0 else { return false }
    for _ in 0..<8 { optimkit_pause() }
    let now = DispatchTime.now().uptimeNanoseconds
    guard let start else {
      start = now
      return true
    }
    return now - start < nanoseconds
  }
}

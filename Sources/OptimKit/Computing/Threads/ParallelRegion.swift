import Dispatch
import Synchronization

/// A loop whose pieces several threads share.
///
/// Regions are kept and used again: a thread that leaves one as its caller goes on never touches freed memory.
final class ParallelRegion: @unchecked Sendable {
  /// What is done with each piece; nil between uses. Set before workers are told and cleared after they have left.
  private var body: (@Sendable (Int) -> Void)?
  private var pieceCount = 0
  private let nextPiece = Atomic<Int>(0)
  /// Twice the number of workers that have yet to leave, and one more where the caller sleeps until they have.
  private let guests = Atomic<Int>(0)
  private let allHaveLeft = DispatchSemaphore(value: 0)

  private static let unused = Mutex<[ParallelRegion]>([])

  /// Calls `share` with a region in which `body` is done for `0..<pieceCount`.
  static func withRegion(
    _ pieceCount: Int, _ body: @Sendable (Int) -> Void, _ share: (ParallelRegion) -> Void
  ) {
    let region = unused.withLock { $0.popLast() } ?? ParallelRegion()
    withoutActuallyEscaping(body) {
      region.pieceCount = pieceCount
      region.nextPiece.store(0, ordering: .relaxed)
      region.body = $0
      share(region)
      region.body = nil
    }
    unused.withLock { $0.append(region) }
  }

  /// Does pieces until none is left. A function of its own: it keeps no hold on `body` when it returns.
  @inline(never)
  func takePieces() {
    guard let body else { return }
    while true {
      let piece = nextPiece.wrappingAdd(1, ordering: .relaxed).oldValue
      guard piece < pieceCount else { return }
      body(piece)
    }
  }

  /// A worker is about to be told.
  func expectGuest() { guests.wrappingAdd(2, ordering: .relaxed) }

  /// A worker that was told will not come.
  func forgetGuest() { guests.wrappingSubtract(2, ordering: .relaxed) }

  /// A worker has done its last piece. It must not touch the region any more.
  func leave() {
    let left = guests.wrappingSubtract(2, ordering: .acquiringAndReleasing).newValue
    if left == 1 { allHaveLeft.signal() }
  }

  /// Waits until all workers that came have left.
  func waitForGuests() {
    var wait = SpinWait(microseconds: 1000)
    while guests.load(ordering: .acquiring) > 0 {
      if wait.pause() { continue }
      // From here on the last to leave signals, unless it has left since.
      if guests.bitwiseOr(1, ordering: .acquiringAndReleasing).oldValue > 0 { allHaveLeft.wait() }
      guests.store(0, ordering: .relaxed)
    }
  }
}

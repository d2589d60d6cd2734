import Synchronization

/// Runs independent pieces of work on several threads.
///
/// What the pieces are is the caller's choice and never depends on the number of threads, so neither
/// do results: each piece owns its output, and sums over pieces are taken in order afterwards.
package enum ThreadPool {
  private static let requestedThreadCount = Atomic<Int>(0)

  /// The number of threads inside `withThreadCount`.
  @TaskLocal private static var scopedThreadCount: Int?

  /// Threads that `forEach` uses.
  package static var threadCount: Int {
    if let scopedThreadCount { return scopedThreadCount }
    let requested = requestedThreadCount.load(ordering: .relaxed)
    return requested > 0 ? requested : OpenBLASRuntime.initialThreadCount
  }

  /// Who decided on the number of threads, in words.
  static var request: String {
    if let scopedThreadCount { return "\(scopedThreadCount)" }
    let requested = requestedThreadCount.load(ordering: .relaxed)
    if requested > 0 { return "\(requested)" }
    return OpenBLASRuntime.requestedThreadCount.map { "\($0), OPENBLAS_NUM_THREADS" }
      ?? "one a processor"
  }

  /// Sets the number of threads.
  static func setThreadCount(_ count: Int) {
    requestedThreadCount.store(count, ordering: .relaxed)
  }

  /// Calls `body` with another number of threads for the loops that it starts.
  ///
  /// Nobody else in the process notices: other tasks keep their number. For checks that
  /// results do not depend on it.
  package static func withThreadCount<Result>(
    _ count: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    try $scopedThreadCount.withValue(count, operation: body)
  }

  /// Calls `body` once for each piece number in `0..<count`, on up to `threadCount` threads.
  ///
  /// Pieces are handed out in order as threads become free. OpenBLAS, called from a piece, works on that
  /// piece's thread alone.
  package static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threadCount, count)
    guard workers > 1 else {
      for piece in 0..<count { body(piece) }
      return
    }
    ParallelRegion.withRegion(count, body) { share($0, among: workers) }
  }

  /// Does the pieces of `region` together with up to `count - 1` workers that are free.
  ///
  /// Where all are busy, in loops of other threads or in one around this one, the calling thread works alone.
  private static func share(_ region: ParallelRegion, among count: Int) {
    withUnsafeTemporaryAllocation(of: WorkerThread.Ticket?.self, capacity: count - 1) { tickets in
      var worker = WorkerThread.head()
      for place in tickets.indices {
        if place > 0 { worker = worker.next(number: place) }
        tickets.initializeElement(at: place, to: worker.assign(region))
      }
      region.takePieces()
      worker = WorkerThread.head()
      for place in tickets.indices {
        if place > 0 { worker = worker.next(number: place) }
        if let ticket = tickets[place] { worker.revoke(ticket) }
      }
    }
    region.waitForGuests()
  }

  /// What ends the long computations inside `withCancellation`.
  @TaskLocal private static var cancellation: CancellationToken?

  /// Calls `body`, in which long computations are cut short once `token`, or the task, is cancelled.
  ///
  /// - Caller must: look at `token` afterwards; what `body` has computed is of no use where it is cancelled.
  package static func withCancellation<Result>(
    by token: CancellationToken, _ body: () throws -> Result
  ) rethrows -> Result {
    try $cancellation.withValue(token, operation: body)
  }

  /// Whether the computation under way on this thread is of no more use.
  package static var isCancelled: Bool { cancellation?.isCancelledHere ?? false }

  /// The same for the blocks of a long computation: those not yet begun are left out once it is cancelled.
  ///
  /// - Caller must: let blocks write numbers alone, not positions in memory, so that what is left out harms nobody.
  package static func forEachBlock(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard let cancellation else { return forEach(count, body) }
    // The task is known on its own thread alone.
    let isCancelled = Atomic(false)
    forEach(count) { block in
      guard !isCancelled.load(ordering: .relaxed) else { return }
      guard !cancellation.isCancelledHere else {
        isCancelled.store(true, ordering: .relaxed)
        return
      }
      body(block)
    }
  }

  /// The same for pieces that may throw; pieces not yet begun are left out then.
  ///
  /// - Throws: The error of one of the pieces.
  package static func forEachThrowing(
    _ count: Int, _ body: @Sendable (Int) throws -> Void
  ) throws {
    let failure = Mutex<(any Error)?>(nil)
    forEach(count) { piece in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        try body(piece)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// The elements of a long vector that one thread works on at a time.
  private static let chunkLength = 1 << 15

  /// The number of chunks that `forEachChunk` cuts a vector of `count` elements into: 1 where it is too short
  /// to be worth a second thread.
  static func chunkCount(of count: Int) -> Int {
    count < 1 << 17 ? 1 : (count + chunkLength - 1) / chunkLength
  }

  /// Calls `body` for the ranges that `0..<count` is cut into, elements of a vector.
  static func forEachChunk(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    forEachNumberedChunk(of: count) { body($1) }
  }

  /// As `forEachChunk`, with the numbers of the chunks.
  static func forEachNumberedChunk(of count: Int, _ body: @Sendable (Int, Range<Int>) -> Void) {
    let chunks = chunkCount(of: count)
    guard chunks > 1 else {
      if count > 0 { body(0, 0..<count) }
      return
    }
    forEach(chunks) { body($0, $0 * chunkLength..<min(count, ($0 + 1) * chunkLength)) }
  }

  /// Piece number `piece` of `range` cut into `count` pieces whose lengths differ by at most one.
  package static func piece(_ piece: Int, of count: Int, in range: Range<Int>) -> Range<Int> {
    let lower = range.count * piece / count
    let upper = range.count * (piece + 1) / count
    return range.lowerBound + lower..<range.lowerBound + upper
  }
}

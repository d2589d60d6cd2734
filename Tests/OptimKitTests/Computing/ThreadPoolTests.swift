import OptimKit
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  @Test(arguments: [0..<0, 0..<1, 5..<22, -3..<61], [1, 2, 3, 7, 64])
  func piecesCoverTheRangeInOrder(range: Range<Int>, count: Int) {
    let pieces = (0..<count).map { ThreadPool.piece($0, of: count, in: range) }
    #expect(pieces.flatMap { Array($0) } == Array(range))
    let lengths = pieces.map(\.count)
    #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
  }

  @Test(arguments: [0, 1, 2, 100])
  func everyPieceRunsOnce(count: Int) {
    let runs = Mutex([Int](repeating: 0, count: count))
    ThreadPool.forEach(count) { piece in runs.withLock { $0[piece] += 1 } }
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  /// Blocks under way end; those not yet begun are left out, on every thread.
  @Test(arguments: [1, 2, 5]) func blocksEndWithTheirToken(threads: Int) {
    let token = CancellationToken()
    let done = Atomic(0)
    ThreadPool.withThreadCount(threads) {
      ThreadPool.withCancellation(by: token) {
        ThreadPool.forEachBlock(1000) { block in
          if block == 7 { token.cancel() }
          done.add(1, ordering: .relaxed)
        }
        #expect(ThreadPool.isCancelled)
      }
    }
    let count = done.load(ordering: .relaxed)
    #expect(count >= 1 && count <= 8 + 64 * (threads - 1))
    if threads == 1 { #expect(count == 8) }
    #expect(!ThreadPool.isCancelled)
  }

  @Test func blocksEndWithTheirTask() async {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let done = Atomic(0)
      ThreadPool.withThreadCount(1) {
        ThreadPool.withCancellation(by: CancellationToken()) {
          ThreadPool.forEachBlock(100) { _ in done.add(1, ordering: .relaxed) }
        }
      }
      return done.load(ordering: .relaxed)
    }
    #expect(await task.value == 0)
  }
}

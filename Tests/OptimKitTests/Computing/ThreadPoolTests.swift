import Foundation
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

  /// A loop inside a piece finds its caller's workers busy: it must end all the same, and do every piece once.
  @Test(arguments: [1, 2, 5]) func loopsInsideLoopsEnd(threads: Int) {
    let runs = Mutex([Int](repeating: 0, count: 20 * 30))
    ThreadPool.withThreadCount(threads) {
      ThreadPool.forEach(20) { outer in
        ThreadPool.withThreadCount(threads) {
          ThreadPool.forEach(30) { inner in runs.withLock { $0[30 * outer + inner] += 1 } }
        }
      }
    }
    #expect(runs.withLock { $0 }.allSatisfy { $0 == 1 })
  }

  /// Callers compete for the same workers, which spin, sleep, are woken and are sent away in every order.
  @Test func callersAtTheSameTimeLosePiecesToNobody() async {
    let sums = await withTaskGroup(of: [Int].self) { group in
      for caller in 0..<6 {
        group.addTask {
          (0..<300).map { loop in
            if loop % 100 == 99 { usleep(300) }
            let sum = Atomic(0)
            ThreadPool.withThreadCount(2 + caller % 3) {
              ThreadPool.forEach(1 + loop % 9) { sum.add($0 + 1, ordering: .relaxed) }
            }
            return sum.load(ordering: .relaxed)
          }
        }
      }
      return await group.reduce(into: [[Int]]()) { $0.append($1) }
    }
    let expected = (0..<300).map { (1 + $0 % 9) * (2 + $0 % 9) / 2 }
    #expect(sums.count == 6 && sums.allSatisfy { $0 == expected })
  }

  /// What a piece wrote is seen by the caller, and what the caller wrote by the next loop's pieces.
  @Test func writesAreSeenByTheNextLoop() {
    var values = [Double](repeating: 0, count: 64)
    ThreadPool.withThreadCount(4) {
      for _ in 0..<500 {
        let previous = values
        values.withUnsafeMutableBufferPointer { buffer in
          nonisolated(unsafe) let buffer = buffer
          ThreadPool.forEach(64) { buffer[$0] = previous[63 - $0] + 1 }
        }
      }
    }
    #expect(values.allSatisfy { $0 == 500 })
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

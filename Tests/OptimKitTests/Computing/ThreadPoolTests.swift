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
}

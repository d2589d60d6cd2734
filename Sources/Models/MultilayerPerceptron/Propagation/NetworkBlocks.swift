import OptimKit

/// Passes whose outputs follow one another, as threads share them.
struct NetworkBlocks: Sendable {
  /// Where each pass's outputs start, and where the last one's end.
  let firstOutputs: [Int]
  /// Ranges of the passes, each for one thread; by the shape of the network, so that sums over them do not depend on
  /// the number of threads.
  let pieces: [Range<Int>]

  init<Scalar: RealScalar>(_ passes: [NetworkPass<Scalar>]) {
    var firstOutputs = [0]
    for pass in passes { firstOutputs.append(firstOutputs.last! + pass.outputCount) }
    self.firstOutputs = firstOutputs
    let products = passes.reduce(0) { $0 + $1.channels.length * $1.architecture.parameterCount }
    // 2¹⁶ products are worth a piece.
    let count = max(1, min(16, passes.count, products >> 16))
    pieces = (0..<count).map { ThreadPool.piece($0, of: count, in: passes.indices) }
  }

  /// The outputs of pass `block`.
  func outputs(of block: Int) -> Range<Int> { firstOutputs[block]..<firstOutputs[block + 1] }

  /// Calls `body` for each pass, some of them side by side.
  func forEach(_ body: @Sendable (Int) -> Void) {
    ThreadPool.forEach(pieces.count) { for block in pieces[$0] { body(block) } }
  }
}

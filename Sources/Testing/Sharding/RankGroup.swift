import Foundation
import OptimKit

/// Ranks that are threads of this process: what tests of sharded runs need, without MPI.
///
///     let losses = try RankGroup.run(ranks: 3) { reduction in
///       try train(Sharding(.samples, of: 100, reduction: reduction))
///     }
///
/// Sums are taken in the order of ranks, so that all get the same bits.
public final class RankGroup: Sendable {
  /// The number of ranks.
  public let rankCount: Int
  private let meeting: Meeting

  private init(_ rankCount: Int) {
    self.rankCount = rankCount
    meeting = Meeting(rankCount)
  }

  /// Calls `body` on each of `ranks` threads, with the rank's reduction.
  ///
  /// - Returns: What came of each rank, in order.
  /// - Throws: The error of the rank that gave up first; otherwise that of the first rank that threw one.
  public static func run<Value: Sendable>(
    ranks: Int, _ body: @escaping @Sendable (any Reduction) throws -> Value
  ) throws -> [Value] {
    let outcomes = outcomes(ranks: ranks, body)
    if let origin = outcomes.origin { throw origin }
    return try outcomes.results.map { try $0.get() }
  }

  /// The same where ranks are expected to fail: what came of each.
  public static func results<Value: Sendable>(
    ranks: Int, _ body: @escaping @Sendable (any Reduction) throws -> Value
  ) -> [Result<Value, any Error>] {
    outcomes(ranks: ranks, body).results
  }

  private static func outcomes<Value: Sendable>(
    ranks: Int, _ body: @escaping @Sendable (any Reduction) throws -> Value
  ) -> (results: [Result<Value, any Error>], origin: (any Error)?) {
    let group = RankGroup(ranks)
    let results = Outcomes<Value>(ranks)
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        let reduction = ThreadReduction(rank: rank, group: group)
        let result = Result { try body(reduction) }
        // A rank that has thrown comes to no more sums.
        if case .failure(let error) = result { reduction.abandon(because: error) }
        results.set(result, rank)
      }
      thread.stackSize = 1 << 26
      return thread
    }
    for thread in threads { thread.start() }
    return (results.wait(), group.meeting.failure)
  }

  /// The reduction of one rank.
  private struct ThreadReduction: Reduction {
    let rank: Int
    let group: RankGroup
    var rankCount: Int { group.rankCount }

    func sum<Scalar: RealScalar>(_ x: inout MutableSpan<Scalar>) throws {
      let own = x.withUnsafeMutableBufferPointer { Array($0) }
      let all = try group.meeting.exchange(own, rank: rank).map { part in
        guard let part = part as? [Scalar], part.count == own.count else {
          throw OptimKitError(
            .dimensionMismatch, cause: "ranks sum vectors of other lengths or types",
            remedy: "make the same calls on all ranks")
        }
        return part
      }
      for i in x.indices { x[i] = all.dropFirst().reduce(all[0][i]) { $0 + $1[i] } }
    }

    func abandon(because error: any Error) { group.meeting.fail(error) }
  }

  /// Where ranks wait for each other.
  private final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private var parts: [Int: any Sendable] = [:]
    private var complete: [any Sendable] = []
    private var round = 0
    private var readers = 0
    private let count: Int
    private var error: (any Error)?

    init(_ count: Int) { self.count = count }

    var failure: (any Error)? { condition.withLock { error } }

    func fail(_ error: any Error) {
      condition.withLock {
        if self.error == nil { self.error = error }
        condition.broadcast()
      }
    }

    func exchange(_ part: some Sendable, rank: Int) throws -> [any Sendable] {
      try condition.withLock {
        // Those of the round before have to have read it.
        while readers > 0, error == nil { condition.wait() }
        try check()
        let own = round
        parts[rank] = part
        if parts.count == count {
          complete = (0..<count).map { parts[$0]! }
          parts = [:]
          round += 1
          readers = count
          condition.broadcast()
        }
        while round == own, error == nil { condition.wait() }
        guard round != own else {
          try check()
          return []
        }
        let result = complete
        readers -= 1
        if readers == 0 { condition.broadcast() }
        return result
      }
    }

    private func check() throws {
      guard let error else { return }
      throw OptimKitError(
        .modelFailure, cause: "another rank has given up: \(error)",
        remedy: "see what that rank says")
    }
  }

  /// What came of the ranks.
  private final class Outcomes<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var results: [Result<Value, any Error>?]

    init(_ count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ result: Result<Value, any Error>, _ rank: Int) {
      condition.withLock {
        results[rank] = result
        condition.broadcast()
      }
    }

    func wait() -> [Result<Value, any Error>] {
      condition.withLock {
        while results.contains(where: { $0 == nil }) { condition.wait() }
        return results.compactMap { $0 }
      }
    }
  }
}

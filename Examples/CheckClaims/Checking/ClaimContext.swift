import ExampleSupport
import OptimKit

/// What claims are checked with: sizes, the seed, and what several of them measure together.
///
/// - Caller must: use a context from one thread.
package final class ClaimContext {
  /// Whether sizes and repetitions are those of a thorough check.
  package let isFull: Bool
  /// The first of the seeds.
  package let seed: UInt64
  /// What ends a check from outside.
  package let cancellation: CancellationToken

  private var shared: [String: Any] = [:]

  /// Creates a context.
  package init(
    isFull: Bool = false, seed: UInt64 = 0, cancellation: CancellationToken = CancellationToken()
  ) {
    self.isFull = isFull
    self.seed = seed
    self.cancellation = cancellation
  }

  /// One of two values, by the thoroughness of the check.
  package func pick<Value>(quick: Value, full: Value) -> Value { isFull ? full : quick }

  /// As many seeds as `quick` or `full` says, from `seed` on.
  package func seeds(quick: Int, full: Int) -> [UInt64] {
    (0..<pick(quick: quick, full: full)).map { seed &+ UInt64($0) }
  }

  /// What `make` returns, made when the first claim asks for `name`.
  func once<Value>(_ name: String, _ make: () throws -> Value) throws -> Value {
    if let value = shared[name] as? Value { return value }
    let value = try make()
    shared[name] = value
    return value
  }
}

import OptimKit
import Synchronization

/// A model that counts its calls, and fails in one of them.
struct WatchedModel<Base: Model>: Model {
  /// How often a model was called.
  final class Calls: Sendable {
    let evaluations = Atomic(0)
    let linearizations = Atomic(0)
    /// Both, of batches.
    let batches = Atomic(0)

    var total: Int {
      evaluations.load(ordering: .relaxed) + linearizations.load(ordering: .relaxed)
        + batches.load(ordering: .relaxed)
    }
  }

  let base: Base
  var calls = Calls()
  /// Whether calls are booked as those of a batch.
  var isBatch = false
  /// The call that throws `error`, counted from 1; from there on, all do.
  var failingCall = Int.max
  var error: any Error = WatchedModelFailure()

  init(_ base: Base) { self.base = base }

  var parameterCount: Int { base.parameterCount }
  var outputCount: Int { base.outputCount }
  var outputsPerSample: Int { base.outputsPerSample }

  func evaluate(at parameters: Span<Base.Scalar>, into outputs: inout MutableSpan<Base.Scalar>)
    throws
  {
    try book(calls.evaluations)
    try base.evaluate(at: parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Base.Scalar>, outputs: inout MutableSpan<Base.Scalar>
  ) throws -> Base.Jacobian {
    try book(calls.linearizations)
    return try base.linearize(at: parameters, outputs: &outputs)
  }

  private func book(_ count: borrowing Atomic<Int>) throws {
    if isBatch {
      calls.batches.add(1, ordering: .relaxed)
    } else {
      count.add(1, ordering: .relaxed)
    }
    if calls.total >= failingCall { throw error }
  }
}

extension WatchedModel: Restrictable where Base: Restrictable {
  /// Shares the counters, and the call that fails.
  func restricted(to samples: [Int]) throws -> Self {
    var result = Self(try base.restricted(to: samples))
    result.calls = calls
    result.isBatch = true
    result.failingCall = failingCall
    result.error = error
    return result
  }
}

/// An error that no library knows.
struct WatchedModelFailure: Error {}

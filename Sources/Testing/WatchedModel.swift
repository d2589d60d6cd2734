import OptimKit
import Synchronization

/// A model that counts its calls, and fails in one of them.
struct WatchedModel<Base: Model>: Model {
  /// How often a model was called.
  final class Calls: Sendable {
    let evaluations = Atomic(0)
    let linearizations = Atomic(0)

    var total: Int {
      evaluations.load(ordering: .relaxed) + linearizations.load(ordering: .relaxed)
    }
  }

  let base: Base
  let calls = Calls()
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
    count.add(1, ordering: .relaxed)
    if calls.total >= failingCall { throw error }
  }
}

/// An error that no library knows.
struct WatchedModelFailure: Error {}

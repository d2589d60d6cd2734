/// A part of a run whose time is told apart. Minor versions may add some.
public enum Phase: String, CaseIterable, Codable, Sendable, CodingKeyRepresentable {
  /// Evaluating and linearizing the model.
  case model
  /// Forming Gram matrices.
  case gram
  /// Applying sketches.
  case sketch
  /// Factoring matrices.
  case factorization
  /// Products with the Jacobian and its transpose.
  case products
  /// Everything else inside linear solvers: triangular solves, vector operations.
  case solver
  /// Observers, and writing checkpoints.
  case observing
  /// The rest of the run, such as right-hand sides. Told in summaries alone.
  case other
}

/// Counts and times of a run.
///
/// The objective and the linear systems write to it; strategies get both only through the wrappers that
/// do so, and cannot forget to count.
public final class RunLedger {
  /// What happened so far.
  public internal(set) var counts = EvaluationCounts()

  /// What ends the work from outside; looked at before each evaluation and product.
  public let cancellation: CancellationToken

  /// Who wants a run on several ranks to end; they agree on it, and then cancel `cancellation`. Nil elsewhere.
  let request: CancellationToken?

  private var durations = PhaseDurations()
  private var active: [(phase: Phase, since: ContinuousClock.Instant)] = []
  private let clock = ContinuousClock()

  /// Creates an empty ledger.
  public init(cancellation: CancellationToken = CancellationToken()) {
    self.cancellation = cancellation
    request = nil
  }

  /// A ledger that goes on from what a checkpoint holds; `isShared` where several ranks work on the run.
  init(
    cancellation: CancellationToken, isShared: Bool, counts: EvaluationCounts = EvaluationCounts(),
    seconds: [Phase: Double] = [:]
  ) {
    self.cancellation = isShared ? CancellationToken(heedingTask: false) : cancellation
    request = isShared ? cancellation : nil
    self.counts = counts
    durations = PhaseDurations(seconds: seconds)
  }

  /// Seconds spent in each phase, time inside a nested phase counted there alone.
  public var seconds: [Phase: Double] { durations.seconds }

  /// Runs `body` and books its time on `phase`.
  public func measure<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = clock.now
    if let (outer, since) = active.last { durations[outer] += start - since }
    active.append((phase, start))
    defer {
      let end = clock.now
      let (_, since) = active.removeLast()
      durations[phase] += end - since
      if !active.isEmpty { active[active.count - 1].since = end }
    }
    return try body()
  }

  /// Runs `body`, a long computation, and books its time on `phase`; matrix products, Gram matrices and
  /// factorizations in it end between blocks once the run is cancelled.
  ///
  /// - Throws: What `body` throws; `CancellationError` where the run is cancelled, whatever `body` has come to.
  public func measureInterruptibly<Value>(
    _ phase: Phase, _ body: () throws -> Value
  ) throws -> Value {
    try cancellation.check()
    let outcome = Result {
      try measure(phase) { try ThreadPool.withCancellation(by: cancellation, body) }
    }
    try cancellation.check()
    return try outcome.get()
  }

  /// Books iterations of a linear solver.
  public func addInnerIterations(_ count: Int) { counts.innerIterations += count }

  /// Books a Cholesky or QR factorization.
  public func addFactorization() { counts.factorizations += 1 }
}

extension Duration {
  /// The duration in seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

/// A part of a run whose time is told apart.
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

  private var durations: [Phase: Duration] = [:]
  private var active: [(phase: Phase, since: ContinuousClock.Instant)] = []
  private let clock = ContinuousClock()

  /// Creates an empty ledger.
  public init(cancellation: CancellationToken = CancellationToken()) {
    self.cancellation = cancellation
  }

  /// A ledger that goes on from what a checkpoint holds.
  init(
    cancellation: CancellationToken, counts: EvaluationCounts, seconds: [Phase: Double]
  ) {
    self.cancellation = cancellation
    self.counts = counts
    durations = seconds.mapValues { .seconds($0) }
  }

  /// Seconds spent in each phase, time inside a nested phase counted there alone.
  public var seconds: [Phase: Double] { durations.mapValues(\.inSeconds) }

  /// Runs `body` and books its time on `phase`.
  public func measure<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = clock.now
    pause(at: start)
    active.append((phase, start))
    defer {
      let end = clock.now
      pause(at: end)
      active.removeLast()
      if !active.isEmpty { active[active.count - 1].since = end }
    }
    return try body()
  }

  /// Books iterations of a linear solver.
  public func addInnerIterations(_ count: Int) { counts.innerIterations += count }

  /// Books a Cholesky or QR factorization.
  public func addFactorization() { counts.factorizations += 1 }

  private func pause(at instant: ContinuousClock.Instant) {
    guard let (phase, since) = active.last else { return }
    durations[phase, default: .zero] += instant - since
    active[active.count - 1].since = instant
  }
}

extension Duration {
  /// The duration in seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

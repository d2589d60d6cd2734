/// Where and how often a run is saved.
///
/// A run is also saved at its end, however it ends. A checkpoint that cannot be written costs the run nothing but a
/// warning in its summary; the next one is tried as if nothing had happened.
public struct CheckpointPolicy: Sendable {
  /// Takes the checkpoints.
  public var sink: any CheckpointSink
  /// Saved after this many iterations since the last time; nil for never.
  public var iterations: Int?
  /// Saved at the first iteration that ends this many seconds after the last time; nil for never.
  public var seconds: Double?

  /// Creates a policy; without intervals, the run is saved at its end alone.
  public init(to sink: any CheckpointSink, iterations: Int? = nil, seconds: Double? = nil) {
    self.sink = sink
    self.iterations = iterations
    self.seconds = seconds
  }

  /// Throws where an interval is not positive.
  public func validate() throws {
    guard iterations.map({ $0 > 0 }) ?? true, seconds.map({ $0 >= 0 && $0.isFinite }) ?? true
    else {
      throw OptimKitError(
        .invalidArgument,
        cause: "checkpoints every \(iterations.map { "\($0) iterations" } ?? "") "
          + "\(seconds.map { "\($0) seconds" } ?? "")",
        remedy: "pass at least one iteration, and finite seconds that are not negative")
    }
  }
}

/// Takes checkpoints: a file, a database, another machine.
///
/// - Implementor must: have the checkpoint in safety when `save` returns, and keep the one before where it throws.
public protocol CheckpointSink: Sendable {
  /// Saves a checkpoint; `Checkpoint.serialized()` gives its bytes.
  func save(_ checkpoint: Checkpoint) throws
}

/// When a run was saved, and when it is due.
struct CheckpointSchedule {
  private let policy: CheckpointPolicy
  private var savedIteration: Int
  private var savedSeconds: Double
  /// The last iteration that is safe; nil before the first.
  private var safeIteration: Int?

  init(_ policy: CheckpointPolicy, after record: IterationRecord?) {
    self.policy = policy
    savedIteration = record?.iteration ?? 0
    savedSeconds = record?.elapsedSeconds ?? 0
  }

  /// Whether a checkpoint should follow the iteration.
  func isDue(after record: IterationRecord) -> Bool {
    if let iterations = policy.iterations, record.iteration - savedIteration >= iterations {
      return true
    }
    guard let seconds = policy.seconds else { return false }
    return record.elapsedSeconds - savedSeconds >= seconds
  }

  /// Whether the last record is in safety.
  func isCurrent(_ record: IterationRecord) -> Bool { safeIteration == record.iteration }

  /// Saves; a warning where that fails.
  mutating func save(_ checkpoint: Checkpoint) -> String? {
    let record = checkpoint.history[checkpoint.history.count - 1]
    savedIteration = record.iteration
    savedSeconds = record.elapsedSeconds
    do {
      try policy.sink.save(checkpoint)
      safeIteration = record.iteration
      return nil
    } catch {
      return "a checkpoint was not saved: \(error)"
    }
  }
}

/// All about a finished run but the parameters themselves.
public struct RunSummary: Sendable, Codable {
  /// What was run.
  public let run: RunDescription
  /// Why it ended.
  public let reason: StopReason
  /// Every iteration, the starting point first.
  public let history: [IterationRecord]
  /// How often the expensive things happened.
  public let counts: EvaluationCounts
  /// Seconds in each phase; they add up to all of the run.
  public let phases: [Phase: Double]
  /// Seconds from the start to the end; of a resumed run, without those between its parts.
  public let seconds: Double
  /// Library, kernels and threads.
  public let environment: ComputeEnvironment
  /// The iteration with the lowest loss.
  public let bestIteration: Int
  /// The lowest loss.
  public let bestLoss: Double
  /// The iteration of the checkpoint that the run went on from; nil where it was not interrupted.
  public let resumedAt: Int?
  /// What ranks told each other, of a run of several; nil elsewhere.
  public internal(set) var communication: RunCommunication?
  /// What went wrong beside the run itself: observers that failed, checkpoints that were not saved.
  public internal(set) var warnings: [String]

  init(
    run: RunDescription, reason: StopReason, history: [IterationRecord],
    counts: EvaluationCounts, phases: [Phase: Double], seconds: Double,
    environment: ComputeEnvironment, best: (iteration: Int, loss: Double), resumedAt: Int?,
    warnings: [String]
  ) {
    self.run = run
    self.reason = reason
    self.history = history
    self.counts = counts
    self.phases = phases.merging(
      [.other: max(0, seconds - phases.values.reduce(0, +))]) { $1 }
    self.seconds = seconds
    self.environment = environment
    bestIteration = best.iteration
    bestLoss = best.loss
    self.resumedAt = resumedAt
    self.warnings = warnings
  }

  /// What the caller set and the run had a say in: as given, and as used.
  ///
  /// - Complexity: O(number of iterations).
  public var settings: [RunSetting] {
    Self.settings(of: run, history: history, environment: environment)
  }

  /// The number of steps made.
  public var iterations: Int { history.last?.iteration ?? 0 }
  /// F at the start.
  public var initialLoss: Double { history.first?.loss ?? .nan }
  /// F at the end.
  public var finalLoss: Double { history.last?.loss ?? .nan }
  /// F at the end divided by F at the start.
  public var relativeLoss: Double { history.last?.relativeLoss ?? .nan }
  /// What the linear solver had to say, each note once, with the iterations that made it.
  public var notes: [String] {
    var iterations: [String: [Int]] = [:]
    for record in history {
      let step = record.step
      for note in (step?.preparation?.fallbacks ?? []) + (step?.solve?.notes ?? []) {
        iterations[note, default: []].append(record.iteration)
      }
    }
    return iterations.sorted { ($0.value[0], $0.key) < ($1.value[0], $1.key) }.map { note, at in
      at.count == 1 ? "iteration \(at[0]): \(note)" : "\(at.count) iterations: \(note)"
    }
  }
}

extension RunSummary {
  private enum DerivedKeys: CodingKey {
    case settings
  }

  /// Writes all that there is, `settings` too: they follow from the rest, but other programs cannot know how.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(reason, forKey: .reason)
    try container.encode(history, forKey: .history)
    try container.encode(counts, forKey: .counts)
    try container.encode(phases, forKey: .phases)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(environment, forKey: .environment)
    try container.encode(bestIteration, forKey: .bestIteration)
    try container.encode(bestLoss, forKey: .bestLoss)
    try container.encodeIfPresent(resumedAt, forKey: .resumedAt)
    try container.encode(warnings, forKey: .warnings)
    var derived = encoder.container(keyedBy: DerivedKeys.self)
    try derived.encode(settings, forKey: .settings)
  }
}

/// How a run ended.
public enum RunStatus: String, Hashable, Sendable, Codable {
  /// A criterion of success holds.
  case converged
  /// A budget ran out first.
  case stoppedByBudget
  /// It was ended from outside.
  case cancelled
  /// No further step could be made.
  case failed
}

/// What a linear solve did.
public struct SolveReport: Hashable, Sendable, Codable {
  /// How a linear solve ended.
  public enum Status: String, Hashable, Sendable, Codable {
    /// The residual is within the tolerance.
    case converged
    /// The largest number of iterations was reached first; the best solution so far is returned.
    case iterationLimit
    /// The residual no longer falls: this is the accuracy that the precision and the conditioning allow.
    case stagnated
  }

  /// How it ended.
  public var status: Status
  /// Iterations; 0 for a direct solver.
  public var iterations: Int
  /// ‖N z − r‖ / ‖r‖ as last measured; nil for a direct solver, which does not measure it.
  public var relativeResidual: Double?
  /// ‖r‖, the norm of the short-side right-hand side.
  public var rightHandSideNorm: Double
  /// What a user should know.
  public var notes: [String]

  /// Creates a report.
  public init(
    status: Status, iterations: Int = 0, relativeResidual: Double? = nil,
    rightHandSideNorm: Double, notes: [String] = []
  ) {
    self.status = status
    self.iterations = iterations
    self.relativeResidual = relativeResidual
    self.rightHandSideNorm = rightHandSideNorm
    self.notes = notes
  }
}

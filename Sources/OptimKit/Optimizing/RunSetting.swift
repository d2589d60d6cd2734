/// A setting as the caller gave it and as the run used it, where the run chose or changed it.
public struct RunSetting: Hashable, Sendable, Codable {
  /// What is set.
  public enum Name: String, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable {
    /// The solver of the linear systems.
    case solver
    /// The distribution of sketches.
    case sketch
    /// How many rows sketches have.
    case sketchRows = "sketch rows"
    /// What is factored, and in which precision.
    case factorization
    /// How long preconditioners are kept.
    case preconditioner
    /// The relative residual that linear solves may leave.
    case innerTolerance = "inner tolerance"
    /// How far steps go along their directions.
    case stepLength = "step length"
    /// Threads at work.
    case threads
  }

  /// What is set.
  public let name: Name
  /// What the caller asked for; nil where there was nothing to ask for.
  public let given: String?
  /// What came of it; that which was given, where the run had no say in it.
  public let used: String?
}

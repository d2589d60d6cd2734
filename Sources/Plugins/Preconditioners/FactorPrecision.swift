/// The precision of the triangle that a preconditioner is factored into.
public enum FactorPrecision: String, Hashable, Sendable, Codable {
  /// That of the system.
  case working
  /// `Float`: half of the time and storage of a factor for a system in double precision, which the iteration
  /// repairs.
  case single
}

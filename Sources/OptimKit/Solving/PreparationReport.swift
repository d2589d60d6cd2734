/// What a linear solver prepared for a system.
public struct PreparationReport: Hashable, Sendable, Codable {
  /// What was used of the Jacobian, in words, such as "sketch of Khatri-Rao rows".
  public var access: String
  /// The number of rows of the sketch, where there is one.
  public var sketchSize: Int?
  /// How the sketch was factored, "Cholesky" or "QR", where there is one.
  public var factorization: String?

  /// Creates a report.
  public init(access: String, sketchSize: Int? = nil, factorization: String? = nil) {
    self.access = access
    self.sketchSize = sketchSize
    self.factorization = factorization
  }
}

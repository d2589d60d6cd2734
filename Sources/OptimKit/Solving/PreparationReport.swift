/// What a linear solver prepared for a system.
public struct PreparationReport: Hashable, Sendable, Codable {
  /// What was used of the Jacobian, in words, such as "sketch of Khatri-Rao rows".
  public var access: String
  /// The number of rows of the sketch, where there is one.
  public var sketchSize: Int?
  /// An estimate of 1 / κ of the factored matrix, where there is one.
  public var reciprocalConditionNumber: Double?

  /// Creates a report.
  public init(
    access: String, sketchSize: Int? = nil, reciprocalConditionNumber: Double? = nil
  ) {
    self.access = access
    self.sketchSize = sketchSize
    self.reciprocalConditionNumber = reciprocalConditionNumber
  }
}

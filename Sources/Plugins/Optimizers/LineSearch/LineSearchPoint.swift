/// A step along a direction, with the value and the slope of the function there.
public struct LineSearchPoint: Hashable, Sendable {
  /// α.
  public var step: Double
  /// φ(α).
  public var value: Double
  /// φ′(α).
  public var slope: Double

  /// Creates a point.
  public init(step: Double, value: Double, slope: Double) {
    self.step = step
    self.value = value
    self.slope = slope
  }
}

/// The box lower ≤ θ ≤ upper.
///
/// Elements may be infinite; where both ends of an element are equal, the parameter is fixed.
public struct ParameterBounds<Scalar: RealScalar>: Hashable, Sendable {
  /// The lower ends, −∞ where there is none.
  public let lower: [Scalar]
  /// The upper ends, ∞ where there is none.
  public let upper: [Scalar]

  /// Creates a box.
  ///
  /// - Throws: ``OptimKitError`` where the counts differ, an element is NaN, a lower end is above the upper one, or a
  ///   parameter is fixed at infinity.
  public init(lower: [Scalar], upper: [Scalar]) throws {
    guard lower.count == upper.count else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(lower.count) lower and \(upper.count) upper bounds",
        remedy: "pass one of each for every parameter")
    }
    for i in lower.indices {
      guard lower[i] <= upper[i], lower[i] < .infinity, upper[i] > -.infinity else {
        throw OptimKitError(
          .invalidArgument, cause: "parameter \(i) has the bounds \(lower[i]) and \(upper[i])",
          remedy: "pass a lower bound that is not above the upper one; neither may be NaN")
      }
    }
    self.lower = lower
    self.upper = upper
  }

  /// Fixes the parameters with the given numbers at their values in `parameters`; others are free.
  ///
  /// - Throws: ``OptimKitError`` where a number is not that of a parameter, or a value is not finite.
  public init(fixing numbers: [Int], at parameters: [Scalar]) throws {
    var lower = [Scalar](repeating: -.infinity, count: parameters.count)
    var upper = [Scalar](repeating: .infinity, count: parameters.count)
    for number in numbers {
      guard parameters.indices.contains(number) else {
        throw OptimKitError(
          .invalidArgument, cause: "parameter \(number) of \(parameters.count) is to be fixed",
          remedy: "count from 0")
      }
      lower[number] = parameters[number]
      upper[number] = parameters[number]
    }
    try self.init(lower: lower, upper: upper)
  }

  /// The number of parameters.
  public var count: Int { lower.count }

  /// The box where both hold.
  ///
  /// - Throws: ``OptimKitError`` where there is none, or the counts differ.
  public func intersection(_ other: Self) throws -> Self {
    guard count == other.count else {
      throw OptimKitError(
        .dimensionMismatch, cause: "bounds of \(count) and of \(other.count) parameters",
        remedy: "pass bounds of the same parameters")
    }
    for i in 0..<count
    where max(lower[i], other.lower[i]) > min(upper[i], other.upper[i]) {
      throw OptimKitError(
        .invalidArgument,
        cause: "parameter \(i) cannot be in \(lower[i]) ... \(upper[i]) and in "
          + "\(other.lower[i]) ... \(other.upper[i])",
        remedy: "choose bounds, and values of fixed parameters, that have a point in common")
    }
    return try Self(
      lower: zip(lower, other.lower).map { max($0, $1) },
      upper: zip(upper, other.upper).map { min($0, $1) })
  }

  /// The parameters that `parameters` put at a bound, fixed ones among them.
  ///
  /// - Complexity: O(p).
  public func activeParameters(at parameters: [Scalar]) -> Set<Int> {
    precondition(parameters.count == count)
    return Set(
      parameters.indices.filter { parameters[$0] <= lower[$0] || parameters[$0] >= upper[$0] })
  }

  /// The parameters whose bounds are equal.
  public var fixedParameters: Set<Int> { Set((0..<count).filter { lower[$0] == upper[$0] }) }

  /// The point of the box that is nearest to `parameters`: a start for those that are outside.
  public func projecting(_ parameters: [Scalar]) -> [Scalar] {
    precondition(parameters.count == count)
    return parameters.indices.map { min(max(parameters[$0], lower[$0]), upper[$0]) }
  }

  /// Throws where `parameters` are not in the box.
  func requireFeasible(_ parameters: [Scalar]) throws {
    for i in parameters.indices where !(lower[i] <= parameters[i] && parameters[i] <= upper[i]) {
      throw OptimKitError(
        .invalidArgument,
        cause: "the start is outside the bounds: parameter \(i) is \(parameters[i]), not in "
          + "\(lower[i]) ... \(upper[i])",
        remedy: "start inside, such as at bounds.projecting(start)")
    }
  }
}

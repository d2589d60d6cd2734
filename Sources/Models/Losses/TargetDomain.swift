import OptimKit

/// What targets of a loss may be.
enum TargetDomain {
  /// 0 or 1.
  case binary
  /// From 0 to 1.
  case unitInterval
  /// 0 and above.
  case nonNegative
  /// Above 0.
  case positive

  /// Throws where a target is outside.
  func validate<Scalar: RealScalar>(_ targets: Span<Scalar>, of loss: String) throws {
    guard let index = firstOutside(targets) else { return }
    throw OptimKitError(
      .invalidArgument, cause: "target \(index) of the \(loss) is \(targets[index])",
      remedy: remedy)
  }

  private var remedy: String {
    switch self {
    case .binary: "encode the two classes as 0 and 1"
    case .unitInterval: "encode the two classes as 0 and 1, or pass probabilities"
    case .nonNegative: "pass counts or rates that are not negative"
    case .positive: "pass positive targets"
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func firstOutside<Scalar: RealScalar>(_ targets: Span<Scalar>) -> Int? {
    for i in targets.indices {
      let target = targets[i]
      let isInside =
        switch self {
        case .binary: target == 0 || target == 1
        case .unitInterval: target >= 0 && target <= 1
        case .nonNegative: target >= 0
        case .positive: target > 0
        }
      if !isInside { return i }
    }
    return nil
  }
}

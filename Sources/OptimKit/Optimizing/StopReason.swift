import Foundation

/// How a run ended.
public enum RunStatus: String, Hashable, Sendable, Codable {
  /// A criterion of success holds.
  case converged
  /// A budget ran out first.
  case stoppedByBudget
  /// No further step could be made.
  case failed
}

/// Why a run ended, with the evidence.
public struct StopReason: Hashable, Sendable, Codable {
  /// Success, budget or failure.
  public let status: RunStatus
  /// The quantity that was tested; nil for a failure.
  public let quantity: StoppingCriterion.Quantity?
  /// Its value at the end.
  public let value: Double?
  /// The threshold that it passed.
  public let threshold: Double?
  /// The error that made a run fail.
  public let error: OptimKitError?

  init(
    status: RunStatus, quantity: StoppingCriterion.Quantity, value: Double, threshold: Double
  ) {
    self.status = status
    self.quantity = quantity
    self.value = value
    self.threshold = threshold
    error = nil
  }

  init(failure: OptimKitError) {
    status = .failed
    quantity = nil
    value = nil
    threshold = nil
    error = failure
  }
}

extension StopReason: CustomStringConvertible {
  /// One line, such as "relativeLoss 3.1e-11 is at most 1e-10".
  public var description: String {
    if let error { return error.description }
    guard let quantity, let value, let threshold else { return status.rawValue }
    let relation = quantity.meansConvergence ? "is at most" : "has reached"
    return "\(quantity.rawValue) \(Self.format(value)) \(relation) \(Self.format(threshold))"
  }

  private static func format(_ value: Double) -> String { String(format: "%.4g", value) }
}

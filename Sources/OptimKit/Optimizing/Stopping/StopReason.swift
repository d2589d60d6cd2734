import Foundation

/// Why a run ended, with the evidence.
public struct StopReason: Hashable, Sendable, Codable {
  /// Success, budget, cancellation or failure.
  public let status: RunStatus
  /// The quantity that was tested; nil for a predicate, a cancellation and a failure.
  public private(set) var quantity: StoppingCriterion.Quantity?
  /// Its value at the end.
  public private(set) var value: Double?
  /// The threshold that it passed.
  public private(set) var threshold: Double?
  /// The name of the user's condition that held, or what else there is to say.
  public private(set) var label: String?
  /// The error that made a run fail.
  public private(set) var error: OptimKitError?
  /// The iteration whose step failed or was cancelled, counted from 1; nil where no step was under way.
  public private(set) var iteration: Int?
  /// What else held, where several conditions had to hold together.
  public private(set) var others: [StopReason] = []

  init(
    _ quantity: StoppingCriterion.Quantity, value: Double, threshold: Double, label: String? = nil
  ) {
    status = quantity.meansConvergence ? .converged : .stoppedByBudget
    self.quantity = quantity
    self.value = value
    self.threshold = threshold
    self.label = label
  }

  init(_ predicate: StoppingPredicate) {
    status = predicate.status
    label = predicate.name
  }

  /// Conditions that hold together; not empty. One that means convergence comes first.
  init(all reasons: [StopReason]) {
    let first = reasons.firstIndex { $0.status == .converged } ?? 0
    var rest = reasons
    self = rest.remove(at: first)
    others += rest
  }

  init(failure: OptimKitError, iteration: Int? = nil) {
    status = .failed
    error = failure
    self.iteration = iteration
  }

  /// The end of an iteration that can do no better at working precision.
  init(convergedToRounding error: OptimKitError) {
    status = .converged
    label = error.cause
  }

  init(cancelledIn iteration: Int?) {
    status = .cancelled
    self.iteration = iteration
  }
}

extension StopReason: CustomStringConvertible {
  /// One line, such as "relativeLoss 3.1e-11 is at most 1e-10".
  public var description: String {
    ([ownDescription] + others.map(\.description)).joined(separator: ", and ")
  }

  private var ownDescription: String {
    if let error {
      return (iteration.map { "iteration \($0): " } ?? "") + error.description
    }
    if status == .cancelled {
      return iteration.map { "ended from outside in iteration \($0)" } ?? "ended from outside"
    }
    guard let quantity, let value, let threshold else { return label ?? status.rawValue }
    let relation = quantity.endsWhenSmall ? "is at most" : "has reached"
    let suffix = label.map { " \($0)" } ?? ""
    return "\(quantity.rawValue) \(Self.format(value))\(suffix) \(relation) "
      + Self.format(threshold)
  }

  static func format(_ value: Double) -> String { String(format: "%.4g", value) }
}

/// A condition on one quantity that ends a run.
///
/// Several criteria are combined by giving a list; the first that holds ends the run.
public struct StoppingCriterion: Hashable, Sendable, Codable {
  /// What a criterion tests.
  public enum Quantity: String, Hashable, Sendable, Codable {
    /// F(θ) / F(θ₀): the run has converged when it is small.
    case relativeLoss
    /// ‖∇F(θ)‖: the run has converged when it is small.
    case gradientNorm
    /// The number of steps: a budget.
    case iterations
    /// Seconds since the run began: a budget.
    case elapsedSeconds

    /// Whether reaching the threshold means success; otherwise it is the end of a budget.
    public var meansConvergence: Bool { self == .relativeLoss || self == .gradientNorm }
  }

  /// What is tested.
  public let quantity: Quantity
  /// The value that ends the run.
  public let threshold: Double

  /// Converged once F(θ) ≤ `threshold` · F(θ₀).
  public static func relativeLoss(_ threshold: Double) -> Self {
    Self(quantity: .relativeLoss, threshold: threshold)
  }

  /// Converged once ‖∇F(θ)‖ ≤ `threshold`. Costs one product with Jᵀ each iteration.
  public static func gradientNorm(_ threshold: Double) -> Self {
    Self(quantity: .gradientNorm, threshold: threshold)
  }

  /// Stopped after `limit` steps.
  public static func iterations(_ limit: Int) -> Self {
    Self(quantity: .iterations, threshold: Double(limit))
  }

  /// Stopped at the first iteration that ends `limit` or more seconds after the start.
  public static func elapsedSeconds(_ limit: Double) -> Self {
    Self(quantity: .elapsedSeconds, threshold: limit)
  }

  /// Throws where the threshold cannot be reached or says nothing.
  func validate() throws {
    let smallest = quantity.meansConvergence ? 0.nextUp : 0
    guard threshold.isFinite, threshold >= smallest else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the threshold of \(quantity.rawValue) is \(threshold)",
        remedy: quantity.meansConvergence
          ? "pass a finite positive number" : "pass a finite number that is not negative")
    }
  }

  /// The reason to stop, where this criterion holds for `record`.
  func reason(toStopAt record: IterationRecord) -> StopReason? {
    let value =
      switch quantity {
      case .relativeLoss: record.relativeLoss
      case .gradientNorm: record.gradientNorm ?? .infinity
      case .iterations: Double(record.iteration)
      case .elapsedSeconds: record.elapsedSeconds
      }
    let holds = quantity.meansConvergence ? value <= threshold : value >= threshold
    guard holds else { return nil }
    return StopReason(
      status: quantity.meansConvergence ? .converged : .stoppedByBudget, quantity: quantity,
      value: value, threshold: threshold)
  }
}

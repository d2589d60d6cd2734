/// A condition that ends a run.
///
/// Criteria combine with `&&` and `||`; a list ends the run at the first that holds.
///
///     until: [.relativeLoss(1e-10), .gradientNorm(1e-6) && .relativeStep(1e-8), .elapsedSeconds(3600)]
public struct StoppingCriterion: Hashable, Sendable {
  /// What a criterion tests. Minor versions may add some.
  public enum Quantity: String, Hashable, Sendable, Codable {
    /// F(θ): the run has converged when it is small.
    case loss
    /// F(θ) / F(θ₀): the run has converged when it is small.
    case relativeLoss
    /// ‖∇F(θ)‖: the run has converged when it is small.
    case gradientNorm
    /// ‖∇F(θ)‖ / ‖∇F(θ₀)‖: the run has converged when it is small.
    case relativeGradientNorm
    /// ‖θ' − θ‖ / ‖θ'‖ of the last step: the run has converged when it is small.
    case relativeStep
    /// 1 − F(θ) / F of some iterations before: the run makes no headway when it is small, and ends as one whose
    /// budget is spent.
    case relativeDecrease
    /// The number of steps: a budget.
    case iterations
    /// Evaluations and linearizations of the model: a budget.
    case evaluations
    /// Products with J and with Jᵀ: a budget.
    case jacobianProducts
    /// Seconds since the run began: a budget.
    case elapsedSeconds

    /// Whether reaching the threshold means success; otherwise it is the end of a budget.
    public var meansConvergence: Bool {
      switch self {
      case .loss, .relativeLoss, .gradientNorm, .relativeGradientNorm, .relativeStep: true
      case .relativeDecrease, .iterations, .evaluations, .jacobianProducts, .elapsedSeconds: false
      }
    }

    /// Whether the run ends once the quantity is small; otherwise once it is large.
    var endsWhenSmall: Bool { meansConvergence || self == .relativeDecrease }
  }

  enum Rule: Hashable, Sendable {
    case threshold(Quantity, Double)
    case stagnation(window: Int, decrease: Double)
    case predicate(StoppingPredicate)
    case all([StoppingCriterion])
    case any([StoppingCriterion])
  }

  let rule: Rule

  /// What is tested; nil for a predicate and for criteria put together.
  public var quantity: Quantity? {
    switch rule {
    case .threshold(let quantity, _): quantity
    case .stagnation: .relativeDecrease
    case .predicate, .all, .any: nil
    }
  }

  /// The value that ends the run; nil for a predicate and for criteria put together.
  public var threshold: Double? {
    switch rule {
    case .threshold(_, let value), .stagnation(_, let value): value
    case .predicate, .all, .any: nil
    }
  }
}

extension StoppingCriterion {
  private static func test(_ quantity: Quantity, _ threshold: Double) -> Self {
    Self(rule: .threshold(quantity, threshold))
  }

  /// Converged once F(θ) ≤ `threshold`.
  public static func loss(_ threshold: Double) -> Self { test(.loss, threshold) }

  /// Converged once F(θ) ≤ `threshold` · F(θ₀).
  public static func relativeLoss(_ threshold: Double) -> Self { test(.relativeLoss, threshold) }

  /// Converged once ‖∇F(θ)‖ ≤ `threshold`. Costs one product with Jᵀ each iteration.
  public static func gradientNorm(_ threshold: Double) -> Self { test(.gradientNorm, threshold) }

  /// Converged once ‖∇F(θ)‖ ≤ `threshold` · ‖∇F(θ₀)‖. Costs one product with Jᵀ each iteration.
  public static func relativeGradientNorm(_ threshold: Double) -> Self {
    test(.relativeGradientNorm, threshold)
  }

  /// Converged once a step is at most `threshold` · ‖θ‖ long. Short steps may also come from a difficult valley:
  /// `.relativeStep(1e-8) && .relativeGradientNorm(1e-6)` tells more.
  public static func relativeStep(_ threshold: Double) -> Self { test(.relativeStep, threshold) }

  /// Stopped after `limit` steps.
  public static func iterations(_ limit: Int) -> Self { test(.iterations, Double(limit)) }

  /// Stopped at the first iteration that ends after `limit` or more evaluations and linearizations.
  public static func evaluations(_ limit: Int) -> Self { test(.evaluations, Double(limit)) }

  /// Stopped at the first iteration that ends after `limit` or more products with J and Jᵀ.
  public static func jacobianProducts(_ limit: Int) -> Self {
    test(.jacobianProducts, Double(limit))
  }

  /// Stopped at the first iteration that ends `limit` or more seconds after the start. Seconds of earlier parts
  /// of a resumed run count.
  public static func elapsedSeconds(_ limit: Double) -> Self { test(.elapsedSeconds, limit) }

  /// Stopped once the last `iterations` steps together have reduced the loss by no more than the fraction
  /// `relativeDecrease`.
  public static func stagnation(iterations: Int, relativeDecrease: Double) -> Self {
    Self(rule: .stagnation(window: iterations, decrease: relativeDecrease))
  }

  /// Ends the run with `status` once `condition` holds.
  ///
  /// - Parameters:
  ///   - name: What reports call it.
  ///   - status: What it means, `converged` or `stoppedByBudget`.
  ///   - condition: Called after each iteration, and at the start.
  public static func when(
    _ name: String, status: RunStatus = .stoppedByBudget,
    _ condition: @escaping @Sendable (IterationRecord) -> Bool
  ) -> Self {
    Self(rule: .predicate(StoppingPredicate(name: name, status: status, condition: condition)))
  }

  /// Holds while both hold. The run has converged where one of them says so.
  public static func && (left: Self, right: Self) -> Self { Self(rule: .all([left, right])) }

  /// Holds while one holds; the left is looked at first.
  public static func || (left: Self, right: Self) -> Self { Self(rule: .any([left, right])) }
}

extension StoppingCriterion: CustomStringConvertible {
  /// Such as "relativeLoss ≤ 1e-10".
  public var description: String {
    switch rule {
    case .threshold(let quantity, let value):
      "\(quantity.rawValue) \(quantity.endsWhenSmall ? "≤" : "≥") \(StopReason.format(value))"
    case .stagnation(let window, let decrease):
      "relativeDecrease ≤ \(StopReason.format(decrease)) over \(window) iterations"
    case .predicate(let predicate): predicate.name
    case .all(let parts): "(" + parts.map(\.description).joined(separator: " and ") + ")"
    case .any(let parts): "(" + parts.map(\.description).joined(separator: " or ") + ")"
    }
  }
}

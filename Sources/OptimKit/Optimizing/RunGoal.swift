/// What a run is to reach, as far as its criteria of convergence tell: linear systems need not be solved more
/// accurately than that takes.
///
/// Only criteria that end the run by themselves count, alone or joined by `||`; of several of a kind, the largest
/// threshold, which is met first.
public struct RunGoal: Hashable, Sendable {
  /// F(θ) / F(θ₀) at which the run ends.
  public var relativeLoss: Double?
  /// ‖∇F(θ)‖ at which the run ends.
  public var gradientNorm: Double?
  /// ‖∇F(θ)‖ / ‖∇F(θ₀)‖ at which the run ends.
  public var relativeGradientNorm: Double?

  /// Creates a goal; nothing by default.
  public init(
    relativeLoss: Double? = nil, gradientNorm: Double? = nil, relativeGradientNorm: Double? = nil
  ) {
    self.relativeLoss = relativeLoss
    self.gradientNorm = gradientNorm
    self.relativeGradientNorm = relativeGradientNorm
  }

  /// The goal of criteria, the first of which to hold ends the run.
  public init(of criteria: [StoppingCriterion]) {
    for criterion in criteria {
      switch criterion.rule {
      case .threshold(.relativeLoss, let value): relativeLoss = max(relativeLoss ?? 0, value)
      case .threshold(.gradientNorm, let value): gradientNorm = max(gradientNorm ?? 0, value)
      case .threshold(.relativeGradientNorm, let value):
        relativeGradientNorm = max(relativeGradientNorm ?? 0, value)
      case .any(let parts):
        let goal = RunGoal(of: parts)
        if let value = goal.relativeLoss { relativeLoss = max(relativeLoss ?? 0, value) }
        if let value = goal.gradientNorm { gradientNorm = max(gradientNorm ?? 0, value) }
        if let value = goal.relativeGradientNorm {
          relativeGradientNorm = max(relativeGradientNorm ?? 0, value)
        }
      default: break
      }
    }
  }

  /// ‖∇F(θ)‖ at which the run ends, once the norm at its start is known; nil where no criterion is on gradients.
  public func gradientNorm(fromFirst first: Double?) -> Double? {
    let relative = relativeGradientNorm.flatMap { share in first.map { share * $0 } }
    return [gradientNorm, relative].compactMap(\.self).max()
  }
}

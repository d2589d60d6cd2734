import OptimKit

/// How steps are made from the decomposed model, and how what they achieve changes the next ones.
enum StepRule: Sendable {
  /// Damping by Nielsen's rule; at first `factor` times the largest diagonal element of (A D⁻¹)ᵀA D⁻¹.
  case damping(factor: Double)
  /// The minimum of the model in a ball, or about that; its radius at first is `factor` times ‖Dθ‖.
  case radius(TrustRegionSubproblem, factor: Double, accuracy: Double)
  /// The best of many steps.
  case probing(StepProbes)
}

/// A step that is to be tried.
struct StepProposal: Sendable {
  /// The step in coordinates of singular vectors.
  let coordinates: [Double]
  /// How it was made, for reports.
  let label: String

  /// ‖Dδ‖.
  var norm: Double { SpectralCoordinates.norm(coordinates) }
}

/// What a step rule carries from step to step: the one place where steps are judged, and dampings and radii changed.
struct StepRegulation: Codable, Sendable {
  /// μ of Nielsen's rule; nil before the first step.
  var damping: Double?
  /// What μ is multiplied by after the next failure.
  var growth = 2.0
  /// The trust region's radius; nil before the first step.
  var radius: Double?
  /// Whether no step has been tried yet.
  var isFresh = true

  /// What part of the predicted reduction a step has to achieve.
  static var acceptedRatio: Double { 1e-4 }

  /// What a step did.
  struct Outcome {
    /// F(θ) − F(θ + δ); not finite where the objective is not.
    var actual: Double
    /// By how much the model falls.
    var predicted: Double
    /// The derivative of F along the step.
    var slope: Double
    /// ‖Dδ‖.
    var norm: Double

    /// The gain ratio.
    var ratio: Double { actual.isFinite ? actual / predicted : -.infinity }

    /// Whether the step is taken.
    var isAccepted: Bool { predicted > 0 && ratio >= StepRegulation.acceptedRatio }

    /// Where along the step the parabola through values and slope has its minimum, from 0.1 to 0.5.
    var contraction: Double {
      guard actual.isFinite else { return 0.1 }
      guard actual < 0 else { return 0.5 }
      return min(0.5, max(0.1, slope / (2 * (slope + actual))))
    }
  }

  /// Chooses a first damping or radius, where there is none.
  mutating func begin(_ rule: StepRule, _ model: SpectralCoordinates, scaledNorm: Double) {
    switch rule {
    case .damping(let factor) where damping == nil:
      // With columns of norm 1 the largest diagonal element is 1; the largest singular value bounds it otherwise.
      let largest = model.values.first ?? 0
      damping = factor * min(1, largest * largest)
    case .radius(_, let factor, _) where radius == nil:
      radius = scaledNorm > 0 ? factor * scaledNorm : factor
    default: break
    }
  }

  /// The steps to be tried.
  func proposals(_ rule: StepRule, _ model: SpectralCoordinates) -> [StepProposal] {
    switch rule {
    case .damping:
      let damping = damping ?? 0
      return [
        StepProposal(coordinates: model.damped(by: damping), label: "damping \(damping)")
      ]
    case .radius(let subproblem, _, let accuracy):
      let radius = radius ?? .infinity
      switch subproblem {
      case .dogleg:
        return [
          StepProposal(coordinates: model.dogleg(radius: radius), label: "radius \(radius)")
        ]
      case .exact:
        let damping = model.damping(forNorm: radius, accuracy: accuracy)
        return [
          StepProposal(
            coordinates: model.damped(by: damping), label: "radius \(radius), damping \(damping)")
        ]
      }
    case .probing(let probes): return probes.proposals(model)
    }
  }

  /// Learns from a step.
  mutating func update(_ rule: StepRule, after outcome: Outcome, isUndamped: Bool) {
    defer { isFresh = false }
    switch rule {
    case .damping:
      let ratio = outcome.ratio
      let before = damping ?? 0
      if outcome.isAccepted {
        // Nielsen 1999: continuous in the ratio.
        let base = 2 * min(ratio, 2) - 1
        damping = before * max(1 / 3.0, 1 - base * base * base)
        growth = 2
      } else {
        damping = max(before, 1e-30) * growth
        growth *= 2
      }
    case .radius:
      // As MINPACK (Moré 1978).
      var current = radius ?? outcome.norm
      if isFresh { current = min(current, outcome.norm) }
      if !(outcome.ratio > 0.25) {
        current = outcome.contraction * min(current, 10 * outcome.norm)
      } else if outcome.ratio >= 0.75 || isUndamped {
        current = 2 * outcome.norm
      }
      radius = current
    case .probing: break
    }
  }
}

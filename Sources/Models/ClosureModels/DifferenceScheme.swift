import OptimKit

/// How derivatives are computed from differences.
///
/// A step h changes the result by about h (`forward`) or h² (`central`) times higher derivatives, and rounding changes
/// it by u/h for the unit roundoff u: automatic steps balance the two. That leaves about half of the digits to forward
/// differences and two thirds to central ones.
public enum DifferenceScheme: Hashable, Sendable, Codable {
  /// (f(θ + h) − f(θ)) / h: p evaluations.
  case forward(step: DifferenceStep = .automatic)
  /// (f(θ + h) − f(θ − h)) / 2h: 2p evaluations.
  case central(step: DifferenceStep = .automatic)

  /// The step.
  public var step: DifferenceStep {
    switch self {
    case .forward(let step), .central(let step): step
    }
  }

  /// Throws where a step is not positive, or steps are not one per parameter.
  func validate(parameterCount: Int) throws {
    let steps: [Double]
    switch step {
    case .automatic: return
    case .relative(let step): steps = [step]
    case .absolute(let all):
      guard all.count == parameterCount else {
        throw OptimKitError(
          .dimensionMismatch, cause: "\(all.count) steps for \(parameterCount) parameters",
          remedy: "pass one step per parameter")
      }
      steps = all
    }
    if let step = steps.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw OptimKitError(
        .invalidArgument, cause: "a difference has the step \(step)",
        remedy: "pass positive, finite steps")
    }
  }

  /// h of parameter number `index`, where it is `value`.
  func step<Scalar: RealScalar>(at value: Scalar, of index: Int) -> Scalar {
    let factor: Scalar
    switch step {
    case .absolute(let steps): return Scalar(steps[index])
    case .relative(let step): factor = Scalar(step)
    case .automatic:
      switch self {
      case .forward: factor = Scalar.unitRoundoff.squareRoot()
      case .central: factor = Scalar.cubeRootOfRoundoff
      }
    }
    return factor * (value == 0 ? 1 : abs(value))
  }
}

/// The step of a difference.
public enum DifferenceStep: Hashable, Sendable, Codable {
  /// √u |θ| for forward, ∛u |θ| for central differences; √u and ∛u where θ is 0.
  case automatic
  /// A factor of |θ|, and the step where θ is 0.
  case relative(Double)
  /// A step for each parameter.
  case absolute([Double])
}

extension RealScalar {
  /// ∛u for the unit roundoff u: the relative step at which central differences are most accurate.
  package static var cubeRootOfRoundoff: Self {
    // Newton's iteration for the cube root, from above.
    var root = unitRoundoff.squareRoot().squareRoot()
    for _ in 0..<20 { root = (2 * root + unitRoundoff / (root * root)) / 3 }
    return root
  }
}

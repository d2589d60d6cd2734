import Foundation

/// Student's t distribution of ν degrees of freedom, and for infinite ν the standard normal distribution.
///
/// Probabilities are accurate to 12 digits, relatively, far into the tails.
public struct StudentDistribution: Hashable, Sendable {
  /// ν, positive; infinite for the normal distribution.
  public let degreesOfFreedom: Double

  /// The standard normal distribution.
  public static let normal = StudentDistribution(checked: .infinity)

  /// Creates a distribution.
  ///
  /// - Throws: ``OptimKitError`` where ν is not positive.
  public init(degreesOfFreedom: Double) throws {
    guard degreesOfFreedom > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a t distribution of \(degreesOfFreedom) degrees of freedom",
        remedy: "give more observations than parameters, or tell the dispersion")
    }
    self.init(checked: degreesOfFreedom)
  }

  init(checked degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// P(|T| ≥ |t|), the p-value of a statistic; NaN for NaN.
  ///
  /// - Complexity: O(1), some 150 exponentials.
  public func twoSidedProbability(of t: Double) -> Double {
    guard !t.isNaN else { return .nan }
    guard !isNormal else { return erfc(abs(t) / 2.0.squareRoot()) }
    return StudentTail(degreesOfFreedom).twoSided(abs(t))
  }

  /// P(T ≤ t).
  ///
  /// - Complexity: O(1), some 150 exponentials.
  public func cumulativeProbability(at t: Double) -> Double {
    let tail = twoSidedProbability(of: t) / 2
    return t < 0 ? tail : 1 - tail
  }

  /// The t with P(T ≤ t) = `probability`.
  ///
  /// - Throws: ``OptimKitError`` where the probability is not between 0 and 1.
  public func quantile(_ probability: Double) throws -> Double {
    guard probability > 0, probability < 1 else { throw Self.outside(probability) }
    let isUpper = probability > 0.5
    let magnitude = magnitude(ofTwoSided: 2 * (isUpper ? 1 - probability : probability))
    return isUpper ? magnitude : -magnitude
  }

  /// The t with P(|T| ≤ t) = `level`: how many standard errors a confidence interval reaches to either side.
  ///
  /// - Throws: ``OptimKitError`` where the level is not between 0 and 1.
  public func criticalValue(level: Double) throws -> Double {
    guard level > 0, level < 1 else { throw Self.outside(level) }
    return magnitude(ofTwoSided: 1 - level)
  }

  /// The density at t.
  public func density(at t: Double) -> Double {
    isNormal
      ? exp(-t * t / 2) / (2 * Double.pi).squareRoot() : StudentTail(degreesOfFreedom).density(t)
  }

  /// Beyond 10¹⁰ the two are the same to 10 digits wherever probabilities matter.
  private var isNormal: Bool { degreesOfFreedom > 1e10 }

  /// The t ≥ 0 with P(|T| ≥ t) = q, by Newton's method on log P within a bracket.
  private func magnitude(ofTwoSided q: Double) -> Double {
    guard q < 1 else { return 0 }
    var lower = 0.0
    var upper = 1.0
    while twoSidedProbability(of: upper) > q, upper < 1e300 {
      lower = upper
      upper *= 2
    }
    var t = upper
    for _ in 0..<200 {
      let probability = twoSidedProbability(of: t)
      if probability > q { lower = t } else { upper = t }
      let step = (log(probability) - log(q)) * probability / (2 * density(at: t))
      let next = t + step
      let isInside = next > lower && next < upper
      let before = t
      t = isInside ? next : (lower + upper) / 2
      if abs(t - before) <= 4e-16 * abs(t) || upper - lower <= 4e-16 * upper { break }
    }
    return t
  }

  private static func outside(_ probability: Double) -> OptimKitError {
    OptimKitError(
      .invalidArgument, cause: "a probability of \(probability)",
      remedy: "choose a number between 0 and 1, such as 0.95")
  }
}

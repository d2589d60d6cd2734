import OptimKit

/// A search along a descent direction for a step α > 0 that satisfies the strong Wolfe conditions
///
///     φ(α) ≤ φ(0) + a α φ′(0)   and   |φ′(α)| ≤ b |φ′(0)|,
///
/// for φ(α) = F(θ + α d): the loss falls enough, and the slope has flattened enough that a quasi-Newton update stays
/// positive definite.
///
/// The steps tried are those of Moré and Thuente. Two safeguards: where φ is NaN or infinite the step is too long
/// and the interval is cut to a tenth of it; and where values differ by rounding alone they are taken to be equal, so
/// that slopes decide, by the approximate Wolfe condition of Hager and Zhang, (2a − 1) φ′(0) ≥ φ′(α) ≥ b φ′(0).
///
/// Source: Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM Transactions on
/// Mathematical Software 20 (1994); Hager and Zhang, SIAM Journal on Optimization 16 (2005).
public struct WolfeLineSearch: Hashable, Sendable, Codable {
  /// a, between 0 and `curvature`, and less than ½ for the minimum of a quadratic to pass; 1e-4 by default.
  public var sufficientDecrease: Double
  /// b, less than 1; 0.9 by default, which suits quasi-Newton directions. Smaller values search more exactly.
  public var curvature: Double
  /// The largest number of steps to try; 30 by default.
  public var maximumTrials: Int

  /// Creates the search.
  public init(
    sufficientDecrease: Double = 1e-4, curvature: Double = 0.9, maximumTrials: Int = 30
  ) {
    self.sufficientDecrease = sufficientDecrease
    self.curvature = curvature
    self.maximumTrials = maximumTrials
  }

  /// Throws where a constant is outside its domain.
  public func validate() throws {
    guard sufficientDecrease > 0, sufficientDecrease <= curvature, curvature < 1,
      maximumTrials > 0
    else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a line search with sufficient decrease \(sufficientDecrease), curvature "
          + "\(curvature) and \(maximumTrials) trials",
        remedy: "choose 0 < sufficient decrease <= curvature < 1, such as 1e-4 and 0.9, and at "
          + "least one trial")
    }
  }

  /// Searches for a step.
  ///
  /// - Parameters:
  ///   - start: φ(0) and φ′(0) < 0, at step 0.
  ///   - firstTrial: The first step to try, positive.
  ///   - rounding: How much two values of φ may differ by rounding alone.
  ///   - evaluate: φ and φ′ at a step; called last with the step that is returned.
  /// - Returns: The step that satisfies the conditions; where none was found within the trials, the step
  ///   of the smallest value; nil where that is not below φ(0), or equal to it but for rounding with a flatter slope.
  /// - Throws: What `evaluate` throws.
  public func search(
    from start: LineSearchPoint, firstTrial: Double, rounding: Double = 0,
    evaluate: (Double) throws -> (value: Double, slope: Double)
  ) rethrows -> LineSearchPoint? {
    var bracket = MoreThuenteBracket(
      start: start, firstTrial: firstTrial, sufficientDecrease: sufficientDecrease)
    var last = start
    for _ in 0..<maximumTrials {
      let step = bracket.trial
      let (value, slope) = try evaluate(step)
      last = LineSearchPoint(step: step, value: value, slope: slope)
      guard value.isFinite, slope.isFinite else {
        bracket.cut()
        continue
      }
      if isAccepted(last, start, rounding) { return last }
      var seen = last
      if abs(value - bracket.best.value) <= rounding { seen.value = bracket.best.value }
      guard bracket.advance(past: seen) else { break }
    }
    let best = bracket.best
    let isLower =
      best.value < start.value
      || (rounding > 0 && best.value == start.value && abs(best.slope) < abs(start.slope))
    guard best.step > 0, isLower else { return nil }
    if best.step != last.step { _ = try evaluate(best.step) }
    return best
  }

  private func isAccepted(
    _ point: LineSearchPoint, _ start: LineSearchPoint, _ rounding: Double
  ) -> Bool {
    let line = start.value + sufficientDecrease * point.step * start.slope
    if point.value <= line, abs(point.slope) <= -curvature * start.slope { return true }
    return abs(point.value - start.value) <= rounding
      && point.slope <= (2 * sufficientDecrease - 1) * start.slope
      && point.slope >= curvature * start.slope
  }
}

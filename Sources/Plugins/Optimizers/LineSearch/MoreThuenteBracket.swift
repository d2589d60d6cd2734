/// The interval of a line search of Moré and Thuente, and the step to try next.
///
/// `best` is the end of the interval with the smaller value; the slope there points into the interval, so that the
/// interval holds a minimum once it is bounded.
struct MoreThuenteBracket {
  private(set) var best: LineSearchPoint
  private var other: LineSearchPoint
  private var isBounded = false
  /// Until a step has reached the line of sufficient decrease with a slope that is not negative, the search is for a
  /// minimum of φ less that line.
  private var isFirstStage = true

  /// The step to try next, within the limits that hold now.
  private(set) var trial: Double
  private var limits: ClosedRange<Double>
  private var largestStep = Double.infinity
  private var width = Double.infinity
  private var widthBefore = Double.infinity

  private let start: LineSearchPoint
  /// The slope of the line of sufficient decrease.
  private let line: Double

  init(start: LineSearchPoint, firstTrial: Double, sufficientDecrease: Double) {
    self.start = start
    line = sufficientDecrease * start.slope
    best = start
    other = start
    trial = firstTrial
    limits = 0...5 * firstTrial
  }

  /// The trial was so long that the function is not defined there.
  mutating func cut() {
    if !isBounded {
      largestStep = trial
      limits = best.step...trial
    }
    trial = best.step + (trial - best.step) / 10
  }

  /// Takes the function at the trial into account and chooses the next; false where rounding leaves no step to try.
  mutating func advance(past point: LineSearchPoint) -> Bool {
    let target = start.value + point.step * line
    if isFirstStage, point.value <= target, point.slope >= 0 { isFirstStage = false }
    let proposal: Double
    if isFirstStage, point.value <= best.value, point.value > target {
      let ends = update(best.tilted(by: -line), other.tilted(by: -line), point.tilted(by: -line))
      best = ends.best.tilted(by: line)
      other = ends.other.tilted(by: line)
      proposal = ends.proposal
    } else {
      (best, other, proposal) = update(best, other, point)
    }
    return choose(proposal, after: point)
  }

  /// The next trial: bisected where the interval shrinks too slowly, and kept within the limits.
  private mutating func choose(_ proposal: Double, after point: LineSearchPoint) -> Bool {
    trial = proposal
    guard isBounded else {
      trial = min(trial, (best.step + largestStep) / 2)
      let ahead = trial - best.step
      limits = trial + min(1.1 * ahead, 4 * ahead)...trial + max(1.1 * ahead, 4 * ahead)
      return trial != point.step && trial > 0 && trial.isFinite
    }
    let length = abs(other.step - best.step)
    if length >= 0.66 * widthBefore { trial = best.step + (other.step - best.step) / 2 }
    widthBefore = width
    width = length
    limits = min(best.step, other.step)...max(best.step, other.step)
    return trial > limits.lowerBound && trial < limits.upperBound
  }

  /// The ends of the interval once `point` is one of them, and the step that interpolation proposes.
  private mutating func update(
    _ best: LineSearchPoint, _ other: LineSearchPoint, _ point: LineSearchPoint
  ) -> (best: LineSearchPoint, other: LineSearchPoint, proposal: Double) {
    if point.value > best.value {
      // A higher value: the minimum is bracketed.
      let cubic = cubicMinimizer(best, point)
      let quadratic = quadraticMinimizer(best, point)
      isBounded = true
      let isNearer = abs(cubic - best.step) < abs(quadratic - best.step)
      return (best, point, isNearer ? cubic : cubic + (quadratic - cubic) / 2)
    }
    if (point.slope < 0 && best.slope > 0) || (point.slope > 0 && best.slope < 0) {
      // A lower value, and the slope has changed sign: bracketed.
      let cubic = cubicMinimizer(point, best)
      let secant = secantMinimizer(point, best)
      isBounded = true
      return (point, best, abs(cubic - point.step) > abs(secant - point.step) ? cubic : secant)
    }
    if abs(point.slope) < abs(best.slope) {
      return (point, other, flatteningProposal(best, other, point))
    }
    // The slope does not flatten.
    guard isBounded else {
      let end = point.step > best.step ? limits.upperBound : limits.lowerBound
      return (point, other, end)
    }
    return (point, other, cubicMinimizer(point, other))
  }

  /// A lower value, the same sign of the slope, and less of it: the cubic counts only where it has its minimum
  /// beyond the point.
  private func flatteningProposal(
    _ best: LineSearchPoint, _ other: LineSearchPoint, _ point: LineSearchPoint
  ) -> Double {
    let secant = secantMinimizer(point, best)
    let isForward = point.step > best.step
    let end = isForward ? limits.upperBound : limits.lowerBound
    let cubic = extrapolatedCubicMinimizer(point, best) ?? end
    guard isBounded else {
      let farther = abs(cubic - point.step) > abs(secant - point.step) ? cubic : secant
      return max(limits.lowerBound, min(limits.upperBound, farther))
    }
    let nearer = abs(cubic - point.step) < abs(secant - point.step) ? cubic : secant
    let farthest = point.step + 0.66 * (other.step - point.step)
    return isForward ? min(farthest, nearer) : max(farthest, nearer)
  }
}

extension LineSearchPoint {
  /// The point of the function plus a line through the origin.
  fileprivate func tilted(by slope: Double) -> Self {
    Self(step: step, value: value + step * slope, slope: self.slope + slope)
  }
}

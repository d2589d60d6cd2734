import OptimKit

/// ρ of an iteration with momentum, √(k/s) for a random sketch plus 1/√s for the spread of small ones, and when
/// to make it larger.
///
/// The norm that is watched is ‖R⁻ᵀr‖, in which the iteration matrix is symmetric: there the error falls
/// by about ρ an iteration, but for a factor that grows linearly, wherever the assumed spectrum holds.
struct SketchRate<Scalar: RealScalar> {
  enum Verdict {
    case goOn
    case slowDown
    case startAgain
    case giveUp
  }

  private static var window: Int { 20 }
  private static var largestRate: Scalar { 0.98 }

  /// ρ.
  private(set) var value: Scalar
  private var initialNorm: Scalar?
  private var windowNorm = Scalar.infinity
  private var iterationsInWindow = 0

  init(order: Int, sketchSize: Int) {
    let rows = Scalar(sketchSize)
    let expected = (Scalar(order) / rows).squareRoot() + 1 / rows.squareRoot()
    value = min(expected, 0.9)
  }

  mutating func judge(preconditionedNorm norm: Scalar) -> Verdict {
    let initial = initialNorm ?? norm
    initialNorm = initial
    iterationsInWindow += 1
    let explodes = !(norm <= 100 * initial)
    guard explodes || iterationsInWindow > Self.window else { return .goOn }
    let stalls = !(norm < windowNorm)
    windowNorm = norm
    iterationsInWindow = 0
    guard explodes || stalls else { return .goOn }
    guard value < Self.largestRate else { return .giveUp }
    value = min((1 + value) / 2, Self.largestRate)
    windowNorm = .infinity
    return norm <= initial ? .slowDown : .startAgain
  }
}

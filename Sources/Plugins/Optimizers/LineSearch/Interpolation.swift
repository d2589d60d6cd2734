// Minimisers of the polynomials that share values and slopes with a function at two points. Values are divided by
// the largest before they are squared.

/// The minimiser of the cubic with the values and slopes at both points, as seen from `a`.
func cubicMinimizer(_ a: LineSearchPoint, _ b: LineSearchPoint) -> Double {
  let (theta, gamma) = cubicCoefficients(a, b)
  let numerator = (gamma - a.slope) + theta
  let denominator = ((gamma - a.slope) + gamma) + b.slope
  return a.step + numerator / denominator * (b.step - a.step)
}

/// The minimiser of that cubic beyond `a`, seen from `b`; nil where it has none there.
func extrapolatedCubicMinimizer(_ a: LineSearchPoint, _ b: LineSearchPoint) -> Double? {
  let (theta, gamma) = cubicCoefficients(a, b)
  let numerator = (gamma - a.slope) + theta
  let denominator = (gamma + (b.slope - a.slope)) + gamma
  let ratio = numerator / denominator
  guard ratio < 0, gamma != 0 else { return nil }
  return a.step + ratio * (b.step - a.step)
}

/// The minimiser of the quadratic with both values and the slope at `a`.
func quadraticMinimizer(_ a: LineSearchPoint, _ b: LineSearchPoint) -> Double {
  let secant = (a.value - b.value) / (b.step - a.step)
  return a.step + a.slope / (secant + a.slope) / 2 * (b.step - a.step)
}

/// The minimiser of the quadratic with both slopes.
func secantMinimizer(_ a: LineSearchPoint, _ b: LineSearchPoint) -> Double {
  a.step + a.slope / (a.slope - b.slope) * (b.step - a.step)
}

/// θ = 3 (φ_a − φ_b)/(b − a) + φ′_a + φ′_b, and γ = √(θ² − φ′_a φ′_b) with the sign of b − a.
private func cubicCoefficients(
  _ a: LineSearchPoint, _ b: LineSearchPoint
) -> (theta: Double, gamma: Double) {
  let theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
  let scale = max(abs(theta), abs(a.slope), abs(b.slope))
  guard scale > 0 else { return (theta, 0) }
  let ratio = theta / scale
  let root = max(0, ratio * ratio - (a.slope / scale) * (b.slope / scale)).squareRoot()
  return (theta, b.step < a.step ? -scale * root : scale * root)
}

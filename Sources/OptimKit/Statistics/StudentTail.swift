import Foundation

/// Tails and density of Student's t for finite ν.
///
/// The continued fraction of the incomplete beta function would lose log₁₀ ν digits to cancellation.
struct StudentTail {
  private let nu: Double
  /// 1 / B(ν/2, ½).
  private let inverseBeta: Double

  init(_ degreesOfFreedom: Double) {
    nu = degreesOfFreedom
    inverseBeta = Self.gammaRatio(nu / 2) / Double.pi.squareRoot()
  }

  /// Γ((ν+1)/2) / (√(νπ) Γ(ν/2)) (1 + t²/ν)^(−(ν+1)/2).
  func density(_ t: Double) -> Double {
    inverseBeta / nu.squareRoot() * exp(-(nu + 1) / 2 * log1p(t * t / nu))
  }

  /// P(|T| ≥ t) for t ≥ 0.
  func twoSided(_ t: Double) -> Double {
    guard t > 0 else { return 1 }
    return t < .infinity ? min(1, 2 * density(t) * relativeTail(t)) : 0
  }

  /// ∫ f(t + u) / f(t) du over u > 0, by the trapezoidal rule in x with u = c exp(x − exp(−x)): all terms are positive, and
  /// the error falls exponentially with the inverse step (Takahasi and Mori 1974).
  private func relativeTail(_ t: Double) -> Double {
    let scale = nu + t * t
    let width = 2 * scale / (nu + 1)
    // Where the integrand has fallen to 1/e or so.
    let unit = width / (t + (t * t + width).squareRoot())
    let step = 1 / 16.0
    var sum = 0.0
    for number in (-64)... {
      let x = Double(number) * step
      let u = unit * exp(x - exp(-x))
      let growth = u < 1e150 ? log1p((2 * t + u) * u / scale) : 2 * log(u) - log(scale)
      let term = exp(-(nu + 1) / 2 * growth) * u * (1 + exp(-x))
      sum += term
      if x > 0, term < 1e-18 * sum || x > 600 { break }
    }
    return sum * step
  }

  /// Γ(a + ½) / Γ(a), by its asymptotic series, reached by recurrence: differences of log Γ lose digits.
  private static func gammaRatio(_ a: Double) -> Double {
    var product = 1.0
    var a = a
    while a < 64 {
      product *= a / (a + 0.5)
      a += 1
    }
    let z = 1 / a
    let series =
      1
      + z
      * (-1 / 8.0 + z
        * (1 / 128.0 + z
          * (5 / 1024.0 + z * (-21 / 32768.0 + z * (-399 / 262144.0 + z * 869 / 4_194_304.0)))))
    return product * a.squareRoot() * series
  }
}

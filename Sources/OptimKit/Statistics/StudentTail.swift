import Foundation

/// Tails and density of Student's t, by the incomplete beta function: P(|T| ≥ t) = I_x(ν/2, ½) with x = ν / (ν + t²).
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
    guard t < .infinity else { return 0 }
    let a = nu / 2
    // t² would overflow, or 1 − x vanish, where it is not needed.
    let ratio = t / nu.squareRoot()
    let x = 1 / (1 + ratio * ratio)
    let y = ratio > 1 ? 1 / (1 + 1 / (ratio * ratio)) : ratio * ratio / (1 + ratio * ratio)
    // x^a √y / B(a, ½).
    let logX = ratio > 1e8 ? -2 * log(ratio) : -log1p(ratio * ratio)
    let factor = exp(a * logX) * y.squareRoot() * inverseBeta
    return x < (a + 1) / (a + 2.5)
      ? factor * Self.continuedFraction(a, 0.5, x) / a
      : 1 - factor * Self.continuedFraction(0.5, a, y) / 0.5
  }

  /// The continued fraction of I_x(a, b) a B(a, b) / (xᵃ (1 − x)ᵇ), by Lentz's method; for x < (a + 1) / (a + b + 2).
  ///
  /// Source: NIST Digital Library of Mathematical Functions, 8.17.22.
  private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let least = 1e-300
    func clear(_ value: Double) -> Double { abs(value) < least ? least : value }
    var numerator = 1.0
    var denominator = 1 / clear(1 - (a + b) * x / (a + 1))
    var result = denominator
    for step in 1...1_000_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      denominator = 1 / clear(1 + even * denominator)
      numerator = clear(1 + even / numerator)
      result *= numerator * denominator
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      denominator = 1 / clear(1 + odd * denominator)
      numerator = clear(1 + odd / numerator)
      let change = numerator * denominator
      result *= change
      if abs(change - 1) < 1e-16 { break }
    }
    return result
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

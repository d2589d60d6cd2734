import Foundation
import OptimKitModels

/// The functions that data of one's own can be fitted with.
package enum Formula: String, CaseIterable, Sendable {
  /// a + b x.
  case line
  /// a + b x + c x².
  case parabola
  /// a exp(b x).
  case exponential
  /// c + a exp(−x / τ).
  case decay
  /// a (1 − exp(−x / τ)).
  case saturation
  /// a / (1 + exp(−(x − m) / s)).
  case logistic
  /// a exp(−(x − m)² / (2 s²)) + c.
  case gaussian
  /// a xᵇ.
  case power
  /// a x / (k + x).
  case michaelisMenten = "michaelis-menten"
  /// c + a sin(2π (x − x₀) / T).
  case sine

  /// The formula as text.
  var text: String {
    switch self {
    case .line: "a + b x"
    case .parabola: "a + b x + c x^2"
    case .exponential: "a exp(b x)"
    case .decay: "c + a exp(-x / tau)"
    case .saturation: "a (1 - exp(-x / tau))"
    case .logistic: "a / (1 + exp(-(x - m) / s))"
    case .gaussian: "a exp(-(x - m)^2 / (2 s^2)) + c"
    case .power: "a x^b"
    case .michaelisMenten: "a x / (k + x)"
    case .sine: "c + a sin(2 pi (x - x0) / T)"
    }
  }

  /// The names of the parameters, in order.
  var parameters: [String] {
    switch self {
    case .line: ["a", "b"]
    case .parabola: ["a", "b", "c"]
    case .exponential: ["a", "b"]
    case .decay: ["a", "tau", "c"]
    case .saturation: ["a", "tau"]
    case .logistic: ["a", "m", "s"]
    case .gaussian: ["a", "m", "s", "c"]
    case .power: ["a", "b"]
    case .michaelisMenten: ["a", "k"]
    case .sine: ["a", "x0", "T", "c"]
    }
  }

  /// f(x; b).
  var function: Curve.Function {
    switch self {
    case .line: { x, b in b[0] + b[1] * x }
    case .parabola: { x, b in b[0] + x * (b[1] + x * b[2]) }
    case .exponential: { x, b in b[0] * exp(b[1] * x) }
    case .decay: { x, b in b[2] + b[0] * exp(-x / b[1]) }
    case .saturation: { x, b in b[0] * (1 - exp(-x / b[1])) }
    case .logistic: { x, b in b[0] / (1 + exp((b[1] - x) / b[2])) }
    case .gaussian:
      { x, b in
        let distance = (x - b[1]) / b[2]
        return b[0] * exp(-0.5 * distance * distance) + b[3]
      }
    case .power: { x, b in b[0] * pow(x, b[1]) }
    case .michaelisMenten: { x, b in b[0] * x / (b[1] + x) }
    case .sine: { x, b in b[3] + b[0] * sin(2 * Double.pi * (x - b[1]) / b[2]) }
    }
  }
}

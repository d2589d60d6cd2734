import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

extension NISTProblem {
  /// The function at each x, differentiated automatically.
  ///
  /// - Throws: `OptimKitError` where the function is none of those that are known.
  package func curve() throws -> Curve {
    guard let function = Self.functions[model] else {
      throw OptimKitError(
        .invalidArgument, cause: "the problem \(name) has the unknown function \(model)",
        remedy: "build the example again")
    }
    return Curve(x: x, parameterCount: certified.count, function: function)
  }

  /// Those of `value(at:_:)`, to its roundings.
  private static let functions: [String: Curve.Function] = [
    "expsat": { x, b in b[0] * (1 - exp(-b[1] * x)) },
    "misra1b": { x, b in b[0] * (1 - pow(1 + b[1] * x / 2, -2)) },
    "misra1c": { x, b in b[0] * (1 - pow(1 + 2 * b[1] * x, -0.5)) },
    "misra1d": { x, b in b[0] * b[1] * x / (1 + b[1] * x) },
    "chwirut": { x, b in exp(-b[0] * x) / (b[1] + b[2] * x) },
    "exp3": { x, b in
      let first = b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x)
      return first + b[4] * exp(-b[5] * x)
    },
    "gauss": { x, b in
      func bump(_ height: Dual, _ center: Dual, _ width: Dual) -> Dual {
        height * exp(-(x - center) * (x - center) / (width * width))
      }
      return b[0] * exp(-b[1] * x) + bump(b[2], b[3], b[4]) + bump(b[5], b[6], b[7])
    },
    "power": { x, b in b[0] * pow(x, b[1]) },
    "rat22": { x, b in
      let numerator = b[0] + x * (b[1] + x * b[2])
      return numerator / (1 + x * (b[3] + x * b[4]))
    },
    "rat33": { x, b in
      let numerator = b[0] + x * (b[1] + x * (b[2] + x * b[3]))
      return numerator / (1 + x * (b[4] + x * (b[5] + x * b[6])))
    },
    "exp2c": { x, b in b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4]) },
    "roszman": { x, b in b[0] - b[1] * x - atan2(b[2], x - b[3]) / Double.pi },
    "enso": { x, b in
      let turn: Double = 2 * Double.pi * x
      let (cosine, sine) = (Foundation.cos(turn / 12), Foundation.sin(turn / 12))
      let year = b[0] + b[1] * cosine + b[2] * sine
      let first = b[4] * cos(turn / b[3]) + b[5] * sin(turn / b[3])
      return year + first + b[7] * cos(turn / b[6]) + b[8] * sin(turn / b[6])
    },
    "mgh10": { x, b in b[0] * exp(b[1] / (x + b[2])) },
    "logistic3": { x, b in b[0] / (1 + exp(b[1] - b[2] * x)) },
  ]
}

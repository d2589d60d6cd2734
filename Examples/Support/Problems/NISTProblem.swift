import Foundation
import OptimKit

/// A nonlinear regression with certified answers.
///
/// Source: National Institute of Standards and Technology, Statistical Reference Datasets, nonlinear regression,
/// https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml, public domain.
package struct NISTProblem: Decodable, Sendable {
  /// Such as "Misra1a".
  package let name: String
  /// The name of the function; `value` computes it.
  package let model: String
  /// "lower", "average" or "higher" difficulty.
  package let level: String
  /// Two starts, the far one first.
  package let starts: [[Double]]
  /// The parameters, to 11 digits.
  package let certified: [Double]
  /// Their standard errors.
  package let certifiedStandardErrors: [Double]
  /// The residual sum of squares.
  package let residualSumOfSquares: Double
  /// Where it was measured.
  package let x: [Double]
  /// What was measured.
  package let y: [Double]

  private enum CodingKeys: String, CodingKey {
    case name, model, level, starts, certified, x, y
    case certifiedStandardErrors = "certified_sd"
    case residualSumOfSquares = "ssr"
  }

  /// All 20.
  ///
  /// - Throws: `OptimKitError` where the file is missing beside the program; what decoding throws.
  package static func all() throws -> [NISTProblem] {
    guard let url = Bundle.module.url(forResource: "nist", withExtension: "json") else {
      throw OptimKitError(
        .unreadableFile, cause: "nist.json is missing beside the program",
        remedy: "build the example again")
    }
    struct File: Decodable { let problems: [NISTProblem] }
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).problems
  }

  /// The function at x, as a function of the parameters.
  package func value(at x: Double, _ b: [Double]) -> Double {
    switch model {
    case "expsat": return b[0] * (1 - exp(-b[1] * x))
    case "misra1b": return b[0] * (1 - pow(1 + b[1] * x / 2, -2))
    case "misra1c": return b[0] * (1 - pow(1 + 2 * b[1] * x, -0.5))
    case "misra1d": return b[0] * b[1] * x / (1 + b[1] * x)
    case "chwirut": return exp(-b[0] * x) / (b[1] + b[2] * x)
    case "exp3": return b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)
    case "gauss":
      func bump(_ height: Double, _ center: Double, _ width: Double) -> Double {
        height * exp(-(x - center) * (x - center) / (width * width))
      }
      return b[0] * exp(-b[1] * x) + bump(b[2], b[3], b[4]) + bump(b[5], b[6], b[7])
    case "power": return b[0] * pow(x, b[1])
    case "rat22": return (b[0] + x * (b[1] + x * b[2])) / (1 + x * (b[3] + x * b[4]))
    case "rat33":
      return (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1 + x * (b[4] + x * (b[5] + x * b[6])))
    case "exp2c": return b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4])
    case "roszman": return b[0] - b[1] * x - atan2(b[2], x - b[3]) / .pi
    case "enso":
      let turn = 2 * Double.pi * x
      let year = b[0] + b[1] * cos(turn / 12) + b[2] * sin(turn / 12)
      let first = b[4] * cos(turn / b[3]) + b[5] * sin(turn / b[3])
      return year + first + b[7] * cos(turn / b[6]) + b[8] * sin(turn / b[6])
    case "mgh10": return b[0] * exp(b[1] / (x + b[2]))
    case "logistic3": return b[0] / (1 + exp(b[1] - b[2] * x))
    default: return .nan
    }
  }
}

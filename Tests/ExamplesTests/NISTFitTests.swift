import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

@Suite("Certified fits of NIST")
struct NISTFitTests {
  typealias Function = @Sendable (Double, [Dual]) -> Dual

  /// The functions of `NISTProblem.value`, with derivatives.
  static let functions: [String: Function] = [
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

  private static func objective(of problem: NISTProblem) throws -> LeastSquares<SampleModel> {
    let model = SampleModel(
      samples: problem.x, parameterCount: problem.certified.count,
      try #require(functions[problem.model]))
    return try LeastSquares(model, targets: problem.y)
  }

  /// The digits that agree with certified ones, of the parameter for which they are fewest.
  private func digits(_ values: [Double], _ certified: [Double]) -> Double {
    zip(values, certified).map { -log10(max(1e-12, abs($0 - $1) / abs($1))) }.min() ?? 0
  }

  @Test("The functions are those of plain numbers")
  func functions() throws {
    for problem in try NISTProblem.all() {
      let objective = try Self.objective(of: problem)
      let plain = problem.x.map { problem.value(at: $0, problem.starts[1]) }
      let start = problem.starts[1]
      let values = try objective.linearize(at: start.span).outputs
      for (value, expected) in zip(values, plain) {
        #expect(abs(value - expected) <= 1e-14 * abs(expected), "\(problem.name)")
      }
    }
  }

  @Test(
    "Default settings reach 10 digits of every problem from both starts, and 6 of standard errors")
  func certified() throws {
    for problem in try NISTProblem.all() {
      let objective = try Self.objective(of: problem)
      for (number, start) in problem.starts.enumerated() {
        let title = "\(problem.name), start \(number + 1)"
        let result = try minimize(objective, from: start, using: .levenbergMarquardt())
        #expect(result.isConverged, "\(title): \(result.reason)")
        let digits = digits(result.parameters, problem.certified)
        #expect(digits > 10, "\(title): \(digits) digits, \(result.reason)")
        // Residuals of Lanczos1 are nothing but the rounding of its certified parameters.
        guard problem.name != "Lanczos1" else { continue }
        let statistics = try LeastSquaresStatistics(of: objective, at: result.parameters)
        let errors = self.digits(
          statistics.estimates.standardErrors, problem.certifiedStandardErrors)
        #expect(errors > 6, "\(title): \(errors) digits of standard errors")
      }
    }
  }
}

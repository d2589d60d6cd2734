import ExampleSupport
import FitCurve
import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

@Suite("Certified fits of NIST")
struct NISTFitTests {
  private static func objective(of problem: NISTProblem) throws -> LeastSquares<SampleModel> {
    try LeastSquares(problem.curve().model, targets: problem.y)
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

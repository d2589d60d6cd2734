import ExampleSupport
import FitCurve
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Certified statistics of NIST")
struct NISTStatisticsTests {
  @Test("Standard errors at the certified parameters agree to 6 digits")
  func standardErrors() throws {
    let problems = try NISTProblem.all()
    #expect(problems.count == 20)
    for problem in problems {
      let objective = try LeastSquares(problem.curve().model, targets: problem.y)
      let statistics = try LeastSquaresStatistics(of: objective, at: problem.certified)
      #expect(statistics.fit.warnings.isEmpty, "\(problem.name)")
      #expect(statistics.degreesOfFreedom == Double(problem.y.count - problem.certified.count))
      // Residuals of Lanczos1 are nothing but the rounding of its certified parameters.
      guard problem.name != "Lanczos1" else { continue }
      let sum = statistics.residualSumOfSquares
      #expect(
        abs(sum - problem.residualSumOfSquares) <= 1e-6 * problem.residualSumOfSquares,
        "\(problem.name): \(sum)")
      for (error, expected) in zip(
        statistics.estimates.standardErrors, problem.certifiedStandardErrors)
      {
        #expect(abs(error - expected) <= 1e-6 * expected, "\(problem.name): \(error), \(expected)")
      }
    }
  }
}

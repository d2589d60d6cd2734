import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A certified problem, with derivatives by central differences.
private struct CertifiedModel: Model {
  let problem: NISTProblem

  var parameterCount: Int { problem.certified.count }
  var outputCount: Int { problem.x.count }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    let parameters = parameters.indices.map { parameters[$0] }
    for (i, x) in problem.x.enumerated() { outputs[i] = problem.value(at: x, parameters) }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> DenseJacobian<Double> {
    evaluate(at: parameters, into: &outputs)
    let center = parameters.indices.map { parameters[$0] }
    var jacobian = Matrix<Double>(rowCount: outputCount, columnCount: parameterCount)
    for j in center.indices {
      let step = 6e-6 * abs(center[j])
      var (left, right) = (center, center)
      left[j] -= step
      right[j] += step
      for (i, x) in problem.x.enumerated() {
        jacobian[i, j] =
          (problem.value(at: x, right) - problem.value(at: x, left)) / (right[j] - left[j])
      }
    }
    return DenseJacobian(jacobian)
  }
}

@Suite("Certified statistics of NIST")
struct NISTStatisticsTests {
  @Test("Standard errors at the certified parameters agree to 6 digits")
  func standardErrors() throws {
    let problems = try NISTProblem.all()
    #expect(problems.count == 20)
    for problem in problems {
      let objective = try EmpiricalRisk(CertifiedModel(problem: problem), targets: problem.y)
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

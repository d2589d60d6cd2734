import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models of residual functions")
struct ResidualModelTests {
  /// fᵢ = sin(i + Σⱼ j θⱼ) θ₀.
  private func model(parameters: Int, residuals: Int) -> ResidualModel {
    ResidualModel(parameterCount: parameters, residualCount: residuals) { x in
      (0..<residuals).map { i in
        var angle = Dual(Double(i))
        for (j, value) in x.enumerated() { angle += Double(j + 1) / 8 * value }
        return sin(angle) * x[0]
      }
    }
  }

  @Test("conform, in any number of passes", arguments: [1, 3, 4, 5, 8, 11])
  func conformance(parameters: Int) {
    for residuals in [1, 6, 20] {
      let point = (0..<parameters).map { 0.3 + 0.1 * Double($0) }
      #expect(
        conformanceIssues(of: model(parameters: parameters, residuals: residuals), at: point) == [])
    }
  }

  @Test("differentiate exactly in every pass")
  func derivatives() throws {
    let model = ResidualModel(parameterCount: 6, residualCount: 2) { x in
      [x[0] * x[4] + x[5] * x[5] * x[5], x[1] / x[3] - x[2]]
    }
    var outputs = [0.0, 0]
    var span = outputs.mutableSpan
    let jacobian = try model.linearize(at: [1, 2, 3, 4, 5, 6].span, outputs: &span)
    #expect(outputs == [221, -2.5])
    #expect(jacobian.matrix.storage == [5, 0, 0, 0, 1, 108, 0, 0.25, -1, -0.125, 0, 0])
  }

  @Test("are least squares in one line")
  func leastSquares() throws {
    let objective = try LeastSquares(parameterCount: 2, residualCount: 2) { x in
      [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
    }
    let result = try minimize(objective, from: [-1.2, 1], using: .levenbergMarquardt())
    #expect(result.isConverged)
    #expect(distance(result.parameters, [1, 1]) < 1e-12)
  }

  @Test("weigh targets by their standard deviations")
  func standardDeviations() throws {
    let model = ResidualModel(parameterCount: 1, residualCount: 2) { x in [x[0], 2 * x[0]] }
    let objective = try LeastSquares(model, targets: [1, 4], standardDeviations: [0.5, 2])
    #expect(objective.weights == [4, 0.25])
    for deviations in [[1, 0], [1, -1], [1, .nan], [1, 1e-200], [1, 1e200], [1]] {
      #expect(throws: OptimKitError.self, "\(deviations)") {
        try LeastSquares(model, targets: [1, 4], standardDeviations: deviations)
      }
    }
  }

  @Test("refuse to have no parameters or residuals")
  func empty() {
    for (parameters, residuals) in [(0, 2), (2, 0), (-1, 2), (2, -1)] {
      #expect {
        try LeastSquares(parameterCount: parameters, residualCount: residuals) { _ in [] }
      } throws: { error in
        (error as? OptimKitError)?.kind == .invalidArgument
      }
    }
  }

  @Test("say how many residuals came, and how many should have")
  func wrongCount() throws {
    let objective = try LeastSquares(parameterCount: 2, residualCount: 3) { $0 }
    #expect {
      try minimize(objective, from: [1, 1], using: .levenbergMarquardt())
    } throws: { error in
      "\(error)".contains("2 residuals, not 3")
    }
  }

  @Test("with more parameters than residuals find a solution")
  func underdetermined() throws {
    let objective = try LeastSquares(parameterCount: 6, residualCount: 2) { x in
      [x.reduce(.zero, +) - 3, x[0] * x[1] - x[5] - 1]
    }
    let result = try minimize(
      objective, from: [Double](repeating: 1, count: 6), using: .levenbergMarquardt(),
      until: [.iterations(100)])
    #expect(result.isConverged && result.best.loss < 1e-20, "\(result.reason) \(result.best.loss)")
  }

  @Test("that are NaN in part of the space are minimised in the other part")
  func partlyUndefined() throws {
    // The first full step would lead to negative numbers.
    let objective = try LeastSquares(parameterCount: 1, residualCount: 2) { x in
      [log(x[0]) + 3, 0.1 * (sqrt(x[0]) - 0.2)]
    }
    let result = try minimize(objective, from: [5], using: .levenbergMarquardt())
    #expect(result.isConverged && abs(result.parameters[0] - 0.05) < 0.001)
  }

  @Test("that are NaN at the start, or throw, end a run with the reason")
  func failing() throws {
    struct Failure: Error {}
    let undefined = try LeastSquares(parameterCount: 1, residualCount: 1) { [log($0[0])] }
    #expect {
      try minimize(undefined, from: [-1], using: .levenbergMarquardt())
    } throws: { error in
      (error as? OptimKitError)?.kind == .nonFiniteValue
    }
    let failing = try LeastSquares(parameterCount: 1, residualCount: 1) { x in
      if x[0] < 2 { throw Failure() }
      return [x[0]]
    }
    do {
      let result = try minimize(failing, from: [3], using: .levenbergMarquardt())
      #expect(!result.isConverged)
      #expect("\(result.reason)".contains("Failure"), "\(result.reason)")
    } catch {
      #expect("\(error)".contains("Failure"), "\(error)")
    }
  }
}

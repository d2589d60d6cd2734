import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
  @Test("with exact line searches, ends on a quadratic in as many steps as there are eigenvalues")
  func finiteTermination() throws {
    let exact = WolfeLineSearch(sufficientDecrease: 1e-4, curvature: 1e-3)
    for (eigenvalues, distinct) in [
      (spectrum(9, to: 300), 9), (spectrum(4, to: 300) + spectrum(4, to: 300), 4),
    ] {
      let summary = try minimize(
        quadratic(eigenvalues: eigenvalues),
        from: (0..<eigenvalues.count).map { 1 + Double($0) / 7 },
        using: .lbfgs(memory: 12, lineSearch: exact), until: [.iterations(distinct + 2)]
      ).summary
      #expect(summary.relativeLoss < 1e-12, "\(distinct): \(summary.history.map(\.relativeLoss))")
      #expect(summary.history[distinct - 2].relativeLoss > 1e-7)
    }
  }

  @Test("minimises Rosenbrock's function in fewer than 60 steps, superlinearly")
  func rosenbrock() throws {
    let result = try minimize(
      LeastSquares(RosenbrockModel(), targets: [0, 0]), from: [-1.2, 1], using: .lbfgs(),
      until: [.gradientNorm(1e-10), .iterations(60)])
    #expect(result.isConverged, "\(result.summary)")
    #expect(result.summary.iterations < 60)
    #expect(result.summary.counts.linearizations < 90)
    #expect(norm(combination(1, result.parameters, -1, [1, 1])) < 1e-9)
    let gradients = result.summary.history.suffix(3).map { $0.gradientNorm! }
    #expect(gradients[2] / gradients[1] < 0.1)
  }

  @Test("takes the full step almost always, and fewer steps than Nesterov's method")
  func network() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 40, features: 8, width: 600)
    let start = objective.model.initialParameters(seed: 1)
    func run(_ optimizer: some Optimizer) throws -> RunSummary {
      try minimize(
        objective, from: start, using: optimizer, until: [.relativeLoss(1e-6), .iterations(500)]
      ).summary
    }
    let summary = try run(.lbfgs())
    #expect(summary.relativeLoss <= 1e-6, "\(summary)")
    let full = summary.history.dropFirst(2).count { $0.step!.stepLength == 1 }
    #expect(5 * full >= 4 * (summary.iterations - 1))
    #expect(try 2 * summary.iterations < run(.nesterov()).iterations)
  }

  @Test("asked for more than rounding allows, ends as converged to rounding")
  func roundingLimit() throws {
    let key = RandomKey(seed: 7, purpose: "rounding")
    for (samples, seed) in [(300, 0), (2000, 1), (2000, 2)] {
      let matrix: Matrix<Double> = key.with(iteration: seed).normalMatrix(samples, 12)
      let noise: [Double] = key.with(iteration: seed + 10).normalVector(samples)
      let objective = try EmpiricalRisk(
        model: LinearModel(features: matrix), loss: LogisticLoss(),
        targets: noise.map { $0 > 0.3 ? 1 : 0 }, ridge: 1e-2)
      let summary = try minimize(
        objective, from: [Double](repeating: 0, count: 13), using: .lbfgs(),
        until: [.relativeGradientNorm(1e-17), .iterations(400)]
      ).summary
      #expect(summary.reason.status != .failed, "\(summary)")
      let gradients = summary.history.compactMap(\.gradientNorm)
      #expect(gradients[gradients.count - 1] <= 1e-11 * gradients[0], "\(summary)")
    }
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    #expect(throws: OptimKitError.self) { try LBFGS(memory: 0).validate() }
    #expect(throws: OptimKitError.self) {
      try LBFGS(lineSearch: WolfeLineSearch(curvature: 2)).validate()
    }
  }
}

/// Residuals 10 (y − x²) and 1 − x, √2 times as large, so that the loss is Rosenbrock's function.
private struct RosenbrockModel: Model {
  var parameterCount: Int { 2 }
  var outputCount: Int { 2 }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    let scale = 2.0.squareRoot()
    outputs[0] = 10 * scale * (parameters[1] - parameters[0] * parameters[0])
    outputs[1] = scale * (1 - parameters[0])
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    evaluate(at: parameters, into: &outputs)
    let scale = 2.0.squareRoot()
    return DenseJacobian(
      try Matrix(
        rowCount: 2, columnCount: 2,
        storage: [-20 * scale * parameters[0], 10 * scale, -scale, 0]))
  }
}

import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// docs/your-own-model.md.
@Suite("The snippets of the guide to models of one's own run")
struct ModelSnippets {
  @Test func samples() throws {
    // snippet
    let times = [0.0, 0.5, 1, 1.5, 2, 3, 4]
    let counts = [102.0, 83, 66, 57, 44, 30, 20]
    let decay = SampleModel(samples: times, parameterCount: 2) { t, b in
      b[0] * exp(-b[1] * t)
    }
    let objective = try LeastSquares(decay, targets: counts)
    let fit = try minimize(objective, from: [80, 1], using: .levenbergMarquardt())
    print(fit.parameters)  // amplitude and rate
    let statistics = try LeastSquaresStatistics(
      of: objective, at: fit.parameters, names: ["amplitude", "rate"])
    print(statistics)
    // end of snippet
    #expect(fit.isConverged && abs(fit.parameters[1] - 0.41) < 0.02)

    // snippet
    // Distances of points from a circle of unknown centre and radius, and how far their angles are from being even.
    let points: [SIMD2<Double>] = [[1.1, 0.1], [0.1, 0.9], [-1, 0], [0, -1.05]]
    let circle = SampleModel(sampleCount: 4, outputsPerSample: 2, parameterCount: 4) { i, b in
      let (x, y) = (points[i].x - b[0], points[i].y - b[1])
      let angle = Double.pi / 2 * Double(i)
      return [hypot(x, y) - b[2], sin(atan2(y, x) - b[3] - angle)]
    }
    let round = try minimize(
      LeastSquares(residuals: circle), from: [0, 0, 1, 0], using: .levenbergMarquardt())
    // end of snippet
    #expect(round.isConverged && abs(round.parameters[2] - 1) < 0.1)

    // snippet
    let weighted = try LeastSquares(
      decay, targets: counts, standardDeviations: counts.map { $0.squareRoot() })
    // end of snippet
    #expect(abs(weighted.weights[6] - 0.05) < 1e-12)
  }

  @Test func residuals() throws {
    // snippet
    // Rosenbrock's valley.
    let valley = try LeastSquares(parameterCount: 2, residualCount: 2) { x in
      [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
    }
    let minimum = try minimize(valley, from: [-1.2, 1], using: .levenbergMarquardt())
    // end of snippet
    #expect(minimum.isConverged && distance(minimum.parameters, [1, 1]) < 1e-12)
  }

  @Test func derivatives() throws {
    // snippet
    let model = JacobianModel<Double>(
      parameterCount: 2, outputCount: 2,
      outputs: { x in [10 * (x[1] - x[0] * x[0]), 1 - x[0]] },
      jacobian: { x in
        try Matrix(rowCount: 2, columnCount: 2, storage: [-20 * x[0], 10, -1, 0])
      })
    // end of snippet

    // snippet
    let report = try checkDerivatives(of: model, at: [0.3, -0.7])
    if !report.isCorrect { print(report) }
    // end of snippet
    #expect(report.isCorrect, "\(report)")

    // snippet
    let simulated = try FiniteDifferenceModel<Double>(
      parameterCount: 2, outputCount: 3, scheme: .forward(step: .relative(1e-6))
    ) { b in
      [b[0] * b[1], b[0] + b[1], b[0] / b[1]]
    }
    // end of snippet
    #expect(try checkDerivatives(of: simulated, at: [2, 3]).isCorrect)
  }

  @Test func products() throws {
    // snippet
    // Neighbours of a chain differ by their product with a constant.
    let length = 1000
    let chain = ProductModel<Double>(
      parameterCount: length, outputCount: length,
      outputs: { x in x.indices.map { x[$0] * x[$0] + ($0 > 0 ? 0.1 * x[$0 - 1] : 0) - 1 } },
      product: { x, v in x.indices.map { 2 * x[$0] * v[$0] + ($0 > 0 ? 0.1 * v[$0 - 1] : 0) } },
      transposedProduct: { x, u in
        x.indices.map { 2 * x[$0] * u[$0] + ($0 + 1 < length ? 0.1 * u[$0 + 1] : 0) }
      })
    let solution = try minimize(
      LeastSquares(residuals: chain), from: [Double](repeating: 1, count: length),
      using: .gaussNewton(solver: .lsmr()))
    // end of snippet
    #expect(solution.isConverged && solution.best.loss < 1e-8)
  }
}

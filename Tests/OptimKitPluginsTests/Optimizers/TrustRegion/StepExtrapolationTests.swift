import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Extrapolation of steps")
struct StepExtrapolationTests {
  @Test("solves an affine iteration in as many steps as it has directions")
  func affine() throws {
    // θ ← θ* + M (θ − θ*), with eigenvalues of M from −0.8 to 0.9, in units of very different size.
    let fixedPoint = [1.0, -2, 3, 0.5]
    let scale = [1.0, 1e3, 1e-3, 20]
    let factors = [0.9, -0.8, 0.5, 0.2]
    func step(_ point: [Double]) -> [Double] {
      // Neighbours are coupled in the units of the scale.
      let error = point.indices.map { (point[$0] - fixedPoint[$0]) * scale[$0] }
      return point.indices.map {
        let neighbour = $0 > 0 ? 0.1 * error[$0 - 1] : 0
        return ((factors[$0] - 1) * error[$0] + neighbour) / scale[$0]
      }
    }
    var extrapolation = StepExtrapolation<Double>()
    var point = [4.0, -2.003, 2000, 0.3]
    var extrapolated = 0
    for _ in 0..<5 {
      let full = step(point)
      extrapolation.append(full, at: point)
      let accelerated = try extrapolation.step(scale: scale)
      if accelerated != nil { extrapolated += 1 }
      point = zip(point, accelerated ?? full).map { $0 + $1 }
    }
    #expect(extrapolated >= 3)
    for i in point.indices {
      #expect(abs(point[i] - fixedPoint[i]) * scale[i] < 1e-6, "\(i): \(point[i])")
    }
  }

  @Test("leaves fast convergence and divergence alone")
  func limits() throws {
    for factor in [0.01, -1.5] {
      var extrapolation = StepExtrapolation<Double>()
      var point = [1.0]
      for _ in 0..<4 {
        let full = [(factor - 1) * point[0]]
        extrapolation.append(full, at: point)
        #expect(try extrapolation.step(scale: [1]) == nil)
        point[0] += full[0]
      }
    }
  }

  /// Full steps end at 0 where |λ| < 1, and each error is λ times the one before: residuals do not vanish there (Madsen,
  /// Nielsen and Tingleff, Methods for Non-Linear Least Squares Problems, 2004, example 3.4).
  @Test("makes large residuals cost few more steps than small ones", arguments: [0.7, 0.9, -0.9])
  func largeResiduals(lambda: Double) throws {
    let model = ResidualModel(parameterCount: 1, residualCount: 2) { x in
      [x[0] + 1, lambda * x[0] * x[0] + x[0] - 1]
    }
    for optimizer in [LevenbergMarquardt(), LevenbergMarquardt(dampingRule: .nielsen)] {
      let result = try minimize(model.objective(), from: [0.3], using: optimizer)
      #expect(result.isConverged && abs(result.parameters[0]) < 1e-11, "\(result.parameters)")
      #expect(result.summary.iterations <= 20, "\(optimizer.details): \(result.summary)")
    }
  }

  @Test("needs no more steps where the minimum is singular")
  func singularMinimum() throws {
    let problem = StandardProblem.powellSingular
    let result = try minimize(
      problem.model.objective(), from: problem.start, using: .levenbergMarquardt(),
      until: [.loss(1e-22), .iterations(15)])
    #expect(result.summary.finalLoss <= 1e-22)
  }

  @Test("is part of a checkpoint")
  func resumption() throws {
    let model = ResidualModel(parameterCount: 1, residualCount: 2) { x in
      [x[0] + 1, 0.9 * x[0] * x[0] + x[0] - 1]
    }
    let optimizer = LevenbergMarquardt()
    let whole = try minimize(model.objective(), from: [0.3], using: optimizer)
    let run = try Run(minimizing: model.objective(), from: [0.3], using: optimizer)
    for _ in 0..<4 { _ = try run.advance() }
    let resumed = try minimize(
      model.objective(), resuming: run.makeCheckpoint(), using: optimizer)
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.summary.iterations == whole.summary.iterations)
  }
}

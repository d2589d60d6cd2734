import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Bounds")
struct BoundedStepTests {
  static let optimizers = OptimizerTests.trustRegion + OptimizerTests.matrixFree

  @Test("give Rosenbrock's function its minimum at the bound, from inside and from the bound")
  func activeBound() throws {
    let bounds = try ParameterBounds(lower: [-2, -.infinity], upper: [0.5, .infinity])
    let objective = try StandardProblem.rosenbrock.model.objective().bounded(by: bounds)
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      for start in [[-1.2, 1], [0.5, 3], [-2, -2]] as [[Double]] {
        let result = try minimize(
          objective, from: start, using: optimizer, until: [.iterations(500)])
        #expect(result.isConverged, "\(optimizer.details) from \(start): \(result.reason)")
        #expect(
          distance(result.parameters, [0.5, 0.25]) < 1e-10,
          "\(optimizer.details) from \(start): \(result.parameters)")
        #expect(result.parameters[0] == 0.5)
      }
    }
  }

  @Test("hold fixed parameters to the last bit")
  func fixed() throws {
    let problem = StandardProblem.wood
    let bounds = try ParameterBounds(fixing: [0, 3], at: problem.start)
    let objective = try problem.model.objective().bounded(by: bounds)
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let result = try minimize(
        objective, from: problem.start, using: optimizer, until: [.iterations(1000)])
      #expect(result.isConverged, "\(optimizer.details): \(result.reason)")
      #expect(result.parameters[0] == -3 && result.parameters[3] == -1)
      // Without them the two others are a problem of their own.
      let rest = ResidualModel(parameterCount: 2, residualCount: 6) {
        problem.function([Dual(-3), $0[0], $0[1], Dual(-1)])
      }
      let alone = try minimize(
        rest.objective(), from: [-1, -3], using: .levenbergMarquardt(), until: [.iterations(200)])
      #expect(
        abs(result.summary.finalLoss - alone.summary.finalLoss)
          < 1e-10 * alone.summary.finalLoss, "\(optimizer.details)")
    }
    let all = try ParameterBounds(fixing: [0, 1, 2, 3], at: problem.start)
    let result = try minimize(
      problem.model.objective().bounded(by: all), from: problem.start,
      using: .levenbergMarquardt())
    #expect(result.isConverged && result.parameters == problem.start)
  }

  @Test("are kept at every evaluation, and the projected gradient vanishes at the end")
  func stationarity() throws {
    for problem in [
      StandardProblem.rosenbrock, .wood, .helicalValley, .bard, .kowalikOsborne, .brownDennis,
    ] {
      let bounds = try ParameterBounds(
        lower: problem.start.map { $0 - 0.3 * (1 + abs($0)) },
        upper: problem.start.map { $0 + 0.2 * (1 + abs($0)) })
      let watched = ResidualModel(
        parameterCount: problem.start.count, residualCount: problem.model.outputCount
      ) { x in
        for (i, x) in x.enumerated() where x.value < bounds.lower[i] || x.value > bounds.upper[i] {
          throw OptimKitError(.invalidArgument, cause: "outside", remedy: "stay inside")
        }
        return problem.function(x)
      }
      for optimizer in Self.optimizers {
        let optimizer = optimizer
        let result = try minimize(
          watched.objective().bounded(by: bounds), from: problem.start, using: optimizer,
          until: [.relativeGradientNorm(1e-8), .iterations(500)])
        #expect(result.isConverged, "\(problem), \(optimizer.details): \(result.reason)")
        #expect(
          result.summary.history.last!.gradientNorm!
            <= 1e-6 * result.summary.history[0].gradientNorm!,
          "\(problem), \(optimizer.details): \(result.reason)")
      }
    }
  }

  @Test("give linear least squares in a box a point that satisfies the conditions of optimality")
  func linear() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 30, columns: 8, conditionNumber: 50)
    let objective = try LeastSquares(
      DenseLinearModel(matrix: matrix), targets: normalVector(30, seed: 9))
    let bounds = try ParameterBounds(
      lower: [Double](repeating: -0.05, count: 8), upper: [Double](repeating: 0.1, count: 8))
    var minima: [[Double]] = []
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let result = try minimize(
        objective.bounded(by: bounds), from: Double.zeros(8), using: optimizer,
        until: [.relativeGradientNorm(1e-11), .iterations(500)])
      #expect(result.isConverged, "\(optimizer.details): \(result.reason)")
      minima.append(result.parameters)
    }
    #expect(minima[0].contains { $0 == -0.05 || $0 == 0.1 })
    for minimum in minima { #expect(distance(minimum, minima[0]) < 1e-6) }
  }

  @Test("runs on them resume to the same bits")
  func resuming() throws {
    let bounds = try ParameterBounds(lower: [-2, -2, -4, -2], upper: [0.5, 9, 9, 0.5])
    let objective = try StandardProblem.wood.model.objective().bounded(by: bounds)
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let run = try Run(
        minimizing: objective, from: [-2, -1, -3, -1], using: optimizer, until: [.iterations(8)])
      for _ in 0..<3 { _ = try run.advance() }
      let checkpoint = try Checkpoint(run.makeCheckpoint().serialized())
      while try run.advance() != nil {}
      let resumed = try minimize(
        objective, resuming: checkpoint, using: optimizer, until: [.iterations(8)])
      #expect(haveSameBits(resumed.parameters, run.parameters), "\(optimizer.details)")
    }
  }

  @Test("are refused by optimizers that do not keep them, and starts outside by all")
  func refusals() throws {
    let bounds = try ParameterBounds(lower: [0, 0], upper: [2, 2])
    let objective = try StandardProblem.rosenbrock.model.objective().bounded(by: bounds)
    for optimizer in OptimizerTests.gaussNewton + OptimizerTests.firstOrder
      + OptimizerTests.preconditioned + OptimizerTests.inexact
    {
      let optimizer = optimizer
      let error = #expect(throws: OptimKitError.self) {
        try minimize(objective, from: [1, 0], using: optimizer)
      }
      #expect(error?.kind == .invalidArgument && error?.cause.contains("bounds") == true)
    }
    let error = #expect(throws: OptimKitError.self) {
      try minimize(objective, from: [-1.2, 1], using: .levenbergMarquardt())
    }
    #expect(error?.cause.contains("start is outside") == true)
    let result = try minimize(
      objective, from: bounds.projecting([-1.2, 1]), using: .levenbergMarquardt())
    #expect(distance(result.parameters, [1, 1]) < 1e-4)
  }
}

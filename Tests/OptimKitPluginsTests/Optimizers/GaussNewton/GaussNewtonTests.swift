import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Gauss-Newton")
struct GaussNewtonTests {
  @Test("reads well and can be stored")
  func strategiesAreValues() throws {
    func optimizer(_ optimizer: some Optimizer) throws -> String {
      let restored = try roundTrip(optimizer)
      #expect(restored == optimizer)
      return "\(restored.name): \(restored.details)"
    }
    #expect(
      try optimizer(.gaussNewton(solver: .sketchedCG(.sparseSign())))
        == "Gauss-Newton: sketched solver, sparse-sign sketch, full steps")
    #expect(
      try optimizer(.gaussNewton(solver: .exact, damping: 0.5, stepControl: .backtracking))
        == "Gauss-Newton: exact solver, damping 0.5, backtracking")
  }

  @Test("solves a linear problem in one step, to the closed form, with ridge and weights")
  func linearProblem() throws {
    for shape in [(rows: 30, columns: 5), (rows: 5, columns: 30)] {
      for ridge in [0, 0.7] {
        let problem = try LinearProblem(rows: shape.rows, columns: shape.columns, ridge: ridge)
        let result = try minimize(
          problem.objective, from: [Double](repeating: 0.3, count: shape.columns),
          using: .gaussNewton(solver: .exact), until: [.iterations(1)])
        // At the minimum the gradient vanishes.
        let gradient = try problem.gradientNorm(at: result.parameters)
        #expect(try gradient < 1e-10 * problem.scale, "\(shape), ridge \(ridge): \(gradient)")
      }
    }
  }

  @Test("reaches the same minimum with a ridge through every solver, primal and dual")
  func ridgeThroughEverySolver() throws {
    for shape in [(rows: 60, columns: 8), (rows: 8, columns: 600)] {
      let problem = try LinearProblem(rows: shape.rows, columns: shape.columns, ridge: 0.2)
      for solver in LinearSolverTests.all {
        let result = try run(solver)
        let gradient = try problem.gradientNorm(at: result.parameters)
        #expect(try gradient < 1e-8 * problem.scale, "\(solver.name), \(shape): \(gradient)")
      }
      func run(_ solver: some LinearSolver) throws -> OptimizationResult<Double> {
        try minimize(
          problem.objective, from: [Double](repeating: 0.3, count: shape.columns),
          using: .gaussNewton(solver: solver),
          until: [.gradientNorm(1e-9 * problem.scale), .iterations(12)])
      }
    }
  }

  @Test("halves the error in every step on a wide network, through every solver and scalar")
  func halving() throws {
    for solver in LinearSolverTests.all {
      for type in scalarTypes { try check(solver, type) }
    }
    func check<Scalar: RealScalar>(_ solver: some LinearSolver, _: Scalar.Type) throws {
      let objective: LeastSquares<TwoLayerReLU<Scalar>> = try syntheticObjective(
        samples: 40, features: 8, width: 600)
      let tolerance = Scalar.self == Float.self ? 1e-7 : 1e-10
      let result = try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .gaussNewton(solver: solver),
        until: [.relativeLoss(tolerance), .iterations(12)])
      let description = "\(solver.name) \(Scalar.self): \(result.summary.briefDescription)"
      #expect(result.isConverged, "\(description)")
      for record in result.summary.history.dropFirst() {
        #expect(record.lossRatio! <= 0.5, "\(description), iteration \(record.iteration)")
      }
    }
  }

  @Test("the accuracy of inner solves sets the outer rate (claim C2)", arguments: [0.3, 0.05])
  func innerToleranceSetsTheRate(tolerance: Double) throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 60, features: 8, width: 8000)
    let result = try minimize(
      objective, from: objective.model.initialParameters(seed: 1),
      using: .gaussNewton(
        solver: .conjugateGradient(), innerTolerance: .fixed(tolerance)),
      until: [.relativeLoss(1e-12), .iterations(40)])
    #expect(result.isConverged)
    // Each step leaves at most about η of the error, hence η² of the loss; the first steps also what is
    // not linear.
    for record in result.summary.history.dropFirst(3) {
      #expect(record.lossRatio!.squareRoot() < 1.35 * tolerance)
    }
    #expect(result.summary.iterations >= 3)
  }

  @Test("adaptive inner tolerances keep convergence quadratic")
  func quadraticConvergence() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 40, features: 8, width: 2000)
    let result = try minimize(
      objective, from: objective.model.initialParameters(seed: 1),
      using: .gaussNewton(solver: .sketchedCG(.sparseSign())),
      until: [.iterations(6)])
    let errors = result.summary.history.map { $0.relativeLoss.squareRoot() }
    #expect(errors[6] < 1e-10)
    for (before, after) in zip(errors, errors.dropFirst()) where after > 1e-12 {
      #expect(after < 50 * before * before, "\(errors)")
    }
  }

  @Test("inner solves are no more accurate than the goal of the run takes, and need no more steps")
  func goalOfTheRun() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 60, features: 8, width: 4000)
    func train(_ criterion: StoppingCriterion) throws -> RunSummary {
      try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .gaussNewton(solver: .conjugateGradient()), until: [criterion, .iterations(12)]
      ).summary
    }
    let goal = try train(.relativeLoss(1e-10))
    #expect(goal.reason.status == .converged)
    let steps = goal.iterations
    let exact = try train(.iterations(steps))
    #expect(exact.history[steps - 1].relativeLoss > 1e-10)
    #expect(goal.counts.innerIterations < exact.counts.innerIterations)
    let last = try #require(goal.history[steps].step?.solve?.relativeResidual)
    let enough = 0.3 * (1e-10 / goal.history[steps - 1].relativeLoss).squareRoot()
    #expect(last <= min(0.1, max(enough, goal.history[steps - 1].relativeLoss.squareRoot())))
  }

  @Test("the same seed gives the same bits")
  func determinism() throws {
    func train() throws -> [Double] {
      let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
        samples: 30, features: 6, width: 500)
      return try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .gaussNewton(solver: .sketchedCG(.srht)), seed: 7
      ).parameters
    }
    #expect(try train() == train())
  }

  @Test("backtracking descends where full steps overshoot")
  func backtracking() throws {
    // tanh-like residual: full Gauss-Newton steps from 2 diverge.
    let objective = try LeastSquares(ArctangentModel(), targets: [0])
    let full = try minimize(
      objective, from: [2], using: .gaussNewton(solver: .exact), until: [.iterations(6)])
    #expect(full.summary.relativeLoss > 1)
    let searched = try minimize(
      objective, from: [2], using: .gaussNewton(solver: .exact, stepControl: .backtracking),
      until: [.relativeLoss(1e-20), .iterations(50)])
    #expect(searched.isConverged)
    #expect(searched.summary.history.contains { ($0.step?.stepLength ?? 1) < 1 })
    for record in searched.summary.history.dropFirst() { #expect(record.lossRatio! < 1) }
  }

  @Test("training in the span of the samples goes through the same losses to the same weights")
  func spanOfSamples() throws {
    for damping in [0, 1e-2] {
      let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
        samples: 20, features: 50, width: 1000)
      let network = objective.model
      let start = network.initialParameters(seed: 1)
      let span = try #require(try network.inSpanOfSamples(startingAt: start))
      let inside = try LeastSquares(
        span.network, targets: (0..<20).map { sin(Double($0 * $0)) })
      func train(
        _ objective: LeastSquares<TwoLayerReLU<Double>>, _ start: [Double]
      ) throws -> OptimizationResult<Double> {
        try minimize(
          objective, from: start, using: .gaussNewton(solver: .exact, damping: damping),
          until: [.relativeLoss(1e-10), .iterations(20)])
      }
      let (full, reduced) = try (train(objective, start), train(inside, span.initialParameters))
      #expect(full.summary.iterations == reduced.summary.iterations)
      for (a, b) in zip(full.summary.history, reduced.summary.history) {
        #expect(abs(a.loss.squareRoot() - b.loss.squareRoot()) < 1e-12)
      }
      let weights = span.lift(reduced.parameters)
      #expect(distance(weights, full.parameters) < 1e-10 * Double.norm(full.parameters.span))
    }
  }

  @Test("damping shortens steps")
  func damping() throws {
    let problem = try LinearProblem(rows: 20, columns: 5, ridge: 0)
    let norms = try [0, 1, 100].map { damping in
      try minimize(
        problem.objective, from: [Double](repeating: 0.3, count: 5),
        using: .gaussNewton(solver: .exact, damping: damping), until: [.iterations(1)]
      ).summary.history[1].step!.stepNorm
    }
    #expect(norms[0] > norms[1] && norms[1] > norms[2])
  }

  @Test("duplicated rows: a clear error, and damping as the remedy")
  func duplicatedRows() throws {
    let base: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 20, features: 8, width: 3000)
    let twice = try base.restricted(to: Array(0..<20) + [3])
    let start = twice.model.initialParameters(seed: 1)
    for solver in LinearSolverTests.direct + LinearSolverTests.sketched
    where !LinearSolverTests.solveSingular.contains(solver.name) {
      let result = try train(twice, solver)
      #expect(result.reason.status == .failed && result.summary.iterations == 0, "\(solver.name)")
      #expect(result.parameters == start)
      let error = result.reason.error
      #expect(error?.kind == .singularSystem)
      #expect(error?.remedy.contains("damping or ridge") == true)
    }
    for solver in LinearSolverTests.all {
      let summary = try train(twice, solver, damping: 1e-6).summary
      #expect(summary.relativeLoss < 1e-6, "\(summary)")
    }
    func train(
      _ objective: LeastSquares<TwoLayerReLU<Double>>, _ solver: some LinearSolver,
      damping: Double = 0
    ) throws -> OptimizationResult<Double> {
      try minimize(
        objective, from: start, using: .gaussNewton(solver: solver, damping: damping),
        until: [.iterations(5)])
    }
  }

  @Test("refuses options outside their domain before any work")
  func badOptions() throws {
    let problem = try LinearProblem(rows: 4, columns: 2, ridge: 0)
    func refuses(_ optimizer: some Optimizer) {
      #expect(throws: OptimKitError.self) {
        try minimize(problem.objective, from: [0, 0], using: optimizer)
      }
    }
    refuses(.gaussNewton(solver: .exact, damping: -1))
    refuses(.gaussNewton(solver: .exact, damping: .nan))
    refuses(.gaussNewton(solver: .exact, innerTolerance: .fixed(0)))
    refuses(.gaussNewton(solver: .exact, innerTolerance: .adaptive(maximum: 1)))
    refuses(
      .gaussNewton(
        solver: .exact,
        stepControl: .backtracking(sufficientDecrease: 0.7, contraction: 0.5, maximumTrials: 3)))
    refuses(.gaussNewton(solver: .conjugateGradient(maximumIterations: 0)))
    refuses(.gaussNewton(solver: .sketchedCG(.srht, oversampling: 1)))
    refuses(.gaussNewton(solver: .heavyBall(.srht, oversampling: .infinity)))
    refuses(.gaussNewton(solver: .richardson(.srht, oversampling: 8)))
  }

  @Test("a full step to infinity ends the run at the last good point")
  func nonFiniteStep() throws {
    // 2 → −3.5 → 13.9 → −279, which is outside the domain.
    let objective = try LeastSquares(ArctangentModel(largest: 100), targets: [0])
    let result = try minimize(
      objective, from: [2], using: .gaussNewton(solver: .exact),
      until: [.relativeLoss(1e-30), .iterations(50)])
    #expect(result.reason.status == .failed)
    #expect(result.reason.error?.remedy.contains("backtracking") == true)
    #expect(result.reason.description.hasPrefix("iteration 3: a full step leads to a loss of nan"))
    #expect(result.summary.iterations == 2)
    #expect(abs(result.parameters[0] - 13.95) < 0.1)
  }
}

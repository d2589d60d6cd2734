import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Levenberg-Marquardt over linear solvers")
struct InexactLevenbergMarquardtTests {
  private func makeOptimizer(_ solver: some LinearSolver) -> any Optimizer {
    InexactLevenbergMarquardt(solver: solver)
  }

  @Test("solves standard problems with any solver")
  func standardProblems() throws {
    for solver in LinearSolverTests.all {
      let optimizer = makeOptimizer(solver)
      var rest: [String] = []
      for problem in StandardProblem.all {
        let result = try minimize(
          problem.model.objective(), from: problem.start, using: optimizer,
          until: [.loss(1e-22), .iterations(1000)])
        if !problem.isMinimum(2 * result.summary.finalLoss) {
          rest.append("\(problem): \(result.reason), \(2 * result.summary.finalLoss)")
        }
      }
      // Meyer's parameters differ by factors of 10⁷ in size, and damping is the same for all.
      #expect(rest.count <= 1, "\(solver.name): \(rest)")
    }
  }

  @Test("raises the damping where a system is singular")
  func singular() throws {
    // The second parameter does nothing.
    let model = ResidualModel(parameterCount: 2, residualCount: 3) { x in
      [exp(x[0]) - 2.0, x[0] - 0.5, 0 * x[1] + x[0] * x[0]]
    }
    let result = try minimize(
      model.objective(), from: [3, 7],
      using: .levenbergMarquardt(solver: .exact, initialFactor: 1e-300),
      until: [.relativeGradientNorm(1e-9), .iterations(100)])
    #expect(result.isConverged, "\(result.reason)")
    #expect(abs(result.parameters[1] - 7) < 1e-6)
  }

  @Test("leaves parameters out of a ridge, as the objective does")
  func unregularized() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 40, columns: 4, conditionNumber: 5)
    let objective = try LeastSquares(
      LinearModel(features: matrix, outputsPerSample: 1, hasIntercept: true),
      targets: (0..<40).map { 3 + Double($0 % 5) }, ridge: 10)
    let start = Double.zeros(objective.parameterCount)
    for solver in [CholeskySolver(), ConjugateGradientSolver()] as [any LinearSolver] {
      let optimizer = makeOptimizer(solver)
      let result = try minimize(
        objective, from: start, using: optimizer,
        until: [.relativeGradientNorm(1e-10), .iterations(100)])
      #expect(result.isConverged && result.summary.iterations < 20, "\(result.reason)")
    }
  }

  @Test("resumes to the same bits, with a preconditioner in keeping")
  func resuming() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 40, features: 6, width: 60)
    let start = objective.model.initialParameters(seed: 1)
    var decisions: [String] = []
    for solver in ResumptionTests.solvers {
      let optimizer = makeOptimizer(solver)
      func check(_ optimizer: some Optimizer) throws {
        let run = try Run(
          minimizing: objective, from: start, using: optimizer, until: [.iterations(6)], seed: 3)
        var checkpoints = [run.makeCheckpoint()]
        while let record = try run.advance() {
          decisions += [record.step?.preparation?.decision].compactMap { $0 }
          checkpoints.append(run.makeCheckpoint())
        }
        for checkpoint in checkpoints.dropLast() {
          let result = try minimize(
            objective, resuming: Checkpoint(checkpoint.serialized()), using: optimizer,
            until: [.iterations(6)])
          #expect(
            haveSameBits(result.parameters, run.parameters),
            "\(solver.name) after step \(checkpoint.iteration)")
        }
      }
      try check(optimizer)
    }
    #expect(decisions.contains { $0.hasPrefix("kept") }, "\(decisions)")
  }

  @Test("refuses options outside their domain, and bounds")
  func refusals() throws {
    for optimizer in [
      InexactLevenbergMarquardt(solver: CholeskySolver(), initialFactor: 0),
      InexactLevenbergMarquardt(solver: CholeskySolver(), innerTolerance: .fixed(0)),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
    #expect(!InexactLevenbergMarquardt(solver: CholeskySolver()).supportsBounds)
  }
}

import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Natural gradient")
struct NaturalGradientTests {
  private func wide() throws -> LeastSquares<TwoLayerReLU<Double>> {
    try syntheticObjective(samples: 40, features: 8, width: 4000)
  }

  @Test("on a wide network, a step η leaves 1 − η of the error (ZMG19)", arguments: [0.3, 0.7])
  func rate(step: Double) throws {
    let objective = try wide()
    let summary = try minimize(
      objective, from: objective.model.initialParameters(seed: 1),
      using: .naturalGradient(solver: .exact, step: step), until: [.iterations(8)]
    ).summary
    for record in summary.history.dropFirst() {
      #expect(record.lossRatio! < 1 - step)
      #expect(abs(record.lossRatio!.squareRoot() - (1 - step)) < 0.1)
    }
  }

  @Test("with full steps it is the Gauss-Newton method, with ridge and damping too")
  func gaussNewton() throws {
    let problem = try LinearProblem(rows: 8, columns: 30, ridge: 0.2)
    let start = [Double](repeating: 0.3, count: 30)
    func run(_ optimizer: some Optimizer) throws -> [Double] {
      try minimize(problem.objective, from: start, using: optimizer, until: [.iterations(3)])
        .parameters
    }
    let natural = try run(.naturalGradient(solver: .exact, damping: 0.5))
    #expect(try haveSameBits(natural, run(.gaussNewton(solver: .exact, damping: 0.5))))
  }

  @Test("on batches it fits a wide network (CGH+19), in fewer epochs than SGD")
  func batches() throws {
    let objective = try wide()
    func epochs(_ optimizer: some Optimizer) throws -> Int {
      try minimize(
        objective, from: objective.model.initialParameters(seed: 1), using: optimizer,
        until: [.relativeLoss(1e-6), .iterations(60)]
      ).summary.iterations
    }
    let gram = try epochs(.gramGaussNewton(solver: .exact, batchSize: 10))
    #expect(gram < 30)
    #expect(try gram < epochs(.stochasticGradientDescent(step: 1, batchSize: 10)))
  }

  @Test("the damping is that of the Gram matrix of the batch, times n/b")
  func damping() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 6, columns: 6, conditionNumber: 3)
    let objective = try LeastSquares(
      DenseLinearModel(matrix: matrix), targets: normalVector(6, seed: 1))
    let step = try minimize(
      objective, from: Double.zeros(6),
      using: .gramGaussNewton(solver: .exact, batchSize: 1, damping: 6, stepsAre: .batches),
      until: [.iterations(1)]
    ).parameters
    // aᵢ yᵢ / (‖aᵢ‖² + α) with α = μ b/n = 1, for one of the samples.
    let expected = (0..<6).map { i in
      let row = Array(matrix.row(i))
      let length = objective.targets[i] / (Double.dot(row.span, row.span) + 1)
      return row.map { length * $0 }
    }
    #expect(expected.contains { distance($0, step) < 1e-14 })
  }

  @Test("SPRING solves for the change of β times the last solution, with a ridge too")
  func momentum() throws {
    for ridge in [0, 0.3] {
      let problem = try LinearProblem(rows: 8, columns: 5, ridge: ridge)
      func point(after steps: Int) throws -> [Double] {
        try minimize(
          problem.objective, from: [Double](repeating: 0.3, count: 5),
          using: .spring(
            solver: .exact, batchSize: nil, step: 0.5, damping: 0.2, momentum: 0.9),
          until: [.iterations(steps)]
        ).parameters
      }
      let points = try (0...3).map(point)
      // The gradient of ½‖T φ + ρ‖² + (λ/2)‖θ + φ‖² + (μ/2)‖φ − βφ'‖² vanishes.
      let solutions = (0..<3).map { combination(2, points[$0 + 1], -2, points[$0]) }
      for step in 0..<3 {
        let before = step == 0 ? [Double](repeating: 0, count: 5) : solutions[step - 1]
        let held = combination(0.2, solutions[step], -0.2 * 0.9, before)
        // A linear model: its gradient at θ + φ is that of the first two terms.
        let counted = CountedObjective<Double>(problem.objective)
        let place = combination(1, points[step], 1, solutions[step])
        let linearization = try counted.linearize(at: place.span)
        let gradient = try filled(5) {
          try counted.gradient(at: place.span, linearization, into: &$0)
        }
        #expect(try norm(combination(1, gradient, 1, held)) < 1e-12 * problem.scale)
      }
    }
  }

  @Test("a batch with equal rows is singular without damping, and says so")
  func singular() throws {
    let matrix = try Matrix<Double>(rowCount: 2, columnCount: 3, storage: [1, 2, 3, 1, 2, 3])
    let objective = try LeastSquares(DenseLinearModel(matrix: matrix), targets: [1, 2])
    let result = try minimize(
      objective, from: [0, 0, 0], using: .naturalGradient(solver: .exact),
      until: [.iterations(1)])
    #expect(result.reason.error?.kind == .singularSystem)
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for optimizer in [
      NaturalGradient(solver: CholeskySolver(), step: 0),
      NaturalGradient(solver: CholeskySolver(), damping: -1),
      NaturalGradient(solver: CholeskySolver(), batchSize: 0),
      NaturalGradient(solver: CholeskySolver(), innerTolerance: 1),
      NaturalGradient(solver: CholeskySolver(), momentum: 1),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }
}

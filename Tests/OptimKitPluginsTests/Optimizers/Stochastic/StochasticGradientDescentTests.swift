import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Stochastic gradient descent")
struct StochasticGradientDescentTests {
  @Test("on all samples at once it is gradient descent on the mean")
  func fullBatch() throws {
    let problem = try LinearProblem(rows: 30, columns: 5, ridge: 0.3)
    let start = [Double](repeating: 0.3, count: 5)
    func run(_ optimizer: some Optimizer) throws -> OptimizationResult<Double> {
      try minimize(problem.objective, from: start, using: optimizer, until: [.iterations(20)])
    }
    let stochastic = try run(.stochasticGradientDescent(step: 3, batchSize: nil))
    let plain = try run(.gradientDescent(step: .fixed(3.0 / 30)))
    #expect(distance(stochastic.parameters, plain.parameters) < 1e-13 * norm(plain.parameters))
    // The linearization at the end of one step is that at the beginning of the next.
    #expect(stochastic.summary.counts == plain.summary.counts)
    #expect(stochastic.summary.counts.linearizations == 21)
  }

  @Test("fits samples that can all be fitted, with a constant step and with either momentum")
  func interpolation() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 40, columns: 5, conditionNumber: 2)
    let solution: [Double] = normalVector(5, seed: 2)
    let objective = try LeastSquares(
      DenseLinearModel(matrix: matrix), targets: DenseJacobian(matrix).product(solution))
    for (momentum, isNesterov) in [(0, false), (0.5, false), (0.5, true)] {
      let result = try minimize(
        objective, from: Double.zeros(5),
        using: .stochasticGradientDescent(
          step: 2, batchSize: 4, momentum: momentum, isNesterov: isNesterov),
        until: [.relativeLoss(1e-12), .iterations(300)])
      #expect(result.isConverged, "\(result.summary)")
      #expect(distance(result.parameters, solution) < 1e-4)
    }
  }

  @Test("a decaying step gets below the level at which a constant one stalls")
  func schedules() throws {
    let objective = try noisyProblem()
    let start = Double.zeros(4)
    let best = try minimize(
      objective, from: start, using: .gaussNewton(solver: .exact), until: [.iterations(2)]
    ).summary.finalLoss
    func excess(_ schedule: StepSchedule) throws -> Double {
      try minimize(
        objective, from: start,
        using: .stochasticGradientDescent(step: 4, batchSize: 1, schedule: schedule),
        until: [.iterations(80)]
      ).summary.finalLoss - best
    }
    let constant = try excess(.constant)
    for schedule: StepSchedule in [
      .inverseTime(decay: 0.2), .cosine(epochs: 80), .stepDecay(epochs: 20, factor: 0.1),
    ] {
      let decayed = try excess(schedule)
      #expect(decayed < constant / 4, "\(schedule): \(constant), \(decayed)")
    }
  }

  @Test("the seed decides the bits")
  func seeds() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 30, features: 6, width: 100)
    func train(_ seed: UInt64) throws -> [Double] {
      try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .stochasticGradientDescent(step: 0.2, batchSize: 7), until: [.iterations(3)],
        seed: seed
      ).parameters
    }
    #expect(try haveSameBits(train(1), train(1)))
    #expect(try !haveSameBits(train(1), train(2)))
  }

  @Test("an epoch sees each sample once, in batches of nearly the same length, and counts them")
  func counts() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 31, features: 6, width: 100)
    func counts(_ stepsAre: StepUnit) throws -> EvaluationCounts {
      try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .stochasticGradientDescent(step: 0.1, batchSize: 10, stepsAre: stepsAre),
        until: [.iterations(4)]
      ).summary.counts
    }
    // Batches of 7, 8, 8 and 8.
    let epochs = try counts(.epochs)
    #expect(epochs.batchEvaluations == 16 && epochs.batchSamples == 4 * 31)
    #expect(epochs.transposedJacobianProducts == 16)
    #expect(epochs.evaluations == 5 && epochs.linearizations == 0)
    let batches = try counts(.batches)
    #expect(batches.batchEvaluations == 4 && batches.batchSamples == 31)
    #expect(batches.evaluations == 5)
  }

  @Test("batches of a model that cannot be restricted are refused, with the remedy")
  func missingCapability() throws {
    let objective = try LeastSquares(ArctangentModel(), targets: [0])
    let error = #expect(throws: OptimKitError.self) {
      try minimize(objective, from: [1], using: .stochasticGradientDescent())
    }
    #expect(error?.kind == .missingCapability)
    let result = try minimize(
      objective, from: [1], using: .stochasticGradientDescent(step: 0.5, batchSize: nil),
      until: [.iterations(3)])
    #expect(result.summary.relativeLoss < 1)
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for optimizer in [
      StochasticGradientDescent(step: 0), StochasticGradientDescent(batchSize: 0),
      StochasticGradientDescent(momentum: 1),
      StochasticGradientDescent(schedule: .cosine(epochs: 0)),
      StochasticGradientDescent(schedule: .inverseTime(decay: -1)),
      StochasticGradientDescent(schedule: .stepDecay(epochs: 1, factor: .nan)),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }
}

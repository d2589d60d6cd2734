import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Hessians of a sample at the start")
struct HessianStartTests {
  private func objective<L: Loss>(
    _ loss: L, samples: Int = 1500, features: Int = 40, outputs: Int = 1
  ) throws -> EmpiricalRisk<LinearModel<DenseFeatures<Double>>, L> {
    let problem = NewtonTests.Problem(samples: samples, features: features, outputs: outputs)
    return try EmpiricalRisk(
      model: problem.model, loss: loss, targets: problem.targets(loss), ridge: 0.5)
  }

  private func newton(_ start: HessianStart) -> GaussNewton<CholeskySolver> {
    .newton(solver: .exact, hessianStart: start)
  }

  private func run<M: Model, L: Loss>(
    _ objective: EmpiricalRisk<M, L>, _ start: HessianStart
  ) throws -> OptimizationResult<M.Scalar> {
    let zeros = M.Scalar.zeros(objective.parameterCount)
    let slope = try NewtonTests().gradientNorm(objective, zeros)
    return try minimize(
      objective, from: zeros, using: newton(start),
      until: [.gradientNorm(1e-11 * slope), .iterations(40)])
  }

  /// Whether each step was solved with a sample.
  private func usesSample<Scalar>(_ result: OptimizationResult<Scalar>) -> [Bool] {
    result.summary.history.compactMap {
      $0.step?.preparation?.access.hasPrefix("normal matrix of sampled rows")
    }
  }

  @Test("lead to the minimum in as many steps, and the exact Hessian ends the run")
  func minimum() throws {
    try check(LogisticLoss())
    try check(PoissonLoss())
    try check(SoftmaxLoss(), outputs: 3)
    func check(_ loss: some Loss, outputs: Int = 1) throws {
      let objective = try objective(loss, features: 120 / outputs / outputs, outputs: outputs)
      let full = try run(objective, .full)
      let result = try run(objective, .subsampled(rowsPerParameter: 5))
      #expect(full.isConverged && result.isConverged)
      #expect(distance(result.parameters, full.parameters) <= 1e-8 * norm(full.parameters))
      #expect(result.summary.iterations <= full.summary.iterations + 2)
      // Once left, samples are not taken up again.
      let uses = usesSample(result)
      // With a solve for each intercept of softmax as well, a factored Hessian is cheaper from the first step on.
      #expect(uses.first == (outputs == 1) && uses.last == false, "\(loss): \(uses)")
      #expect(!uses.drop { $0 }.contains(true), "\(loss): \(uses)")
      #expect(!usesSample(full).contains(true))
    }
  }

  @Test("resume to the same bits, with a sample and after it")
  func resuming() throws {
    let objective = try objective(LogisticLoss(), features: 120)
    let start = Double.zeros(objective.parameterCount)
    let optimizer = newton(.subsampled(rowsPerParameter: 5))
    let stopping: [StoppingCriterion] = [.iterations(6)]
    let whole = try Run(minimizing: objective, from: start, using: optimizer, until: stopping)
    var checkpoints = [whole.makeCheckpoint()]
    while try whole.advance() != nil { checkpoints.append(whole.makeCheckpoint()) }
    let expected = whole.finish()
    for checkpoint in checkpoints.dropLast() {
      let result = try minimize(
        objective, resuming: Checkpoint(checkpoint.serialized()), using: optimizer,
        until: stopping)
      #expect(haveSameBits(result.parameters, expected.parameters), "\(checkpoint.iteration)")
      #expect(usesSample(result) == usesSample(expected))
    }
  }

  @Test("give way where the sample misses directions that matter")
  func misleadingSamples() throws {
    // Most columns are zero in all rows but a few.
    var matrix: Matrix<Double> = NewtonTests.key.normalMatrix(1500, 40)
    for i in 0..<1500 {
      for j in 5..<40 { matrix[i, j] = i % 300 == j ? 50 : 0 }
    }
    let targets = (0..<1500).map { Double($0 % 2) }
    for ridge in [1e-6, 0.5] {
      let objective = try EmpiricalRisk(
        model: LinearModel(features: matrix, hasIntercept: false), loss: LogisticLoss(),
        targets: targets, ridge: ridge)
      let result = try run(objective, .subsampled(rowsPerParameter: 5))
      let full = try run(objective, .full)
      #expect(result.isConverged && full.isConverged, "\(result.summary)")
      #expect(distance(result.parameters, full.parameters) <= 1e-6 * norm(full.parameters))
    }
  }

  @Test("are left out where there are more parameters than samples")
  func wide() throws {
    let objective = try objective(LogisticLoss(), samples: 20, features: 40)
    let result = try run(objective, .subsampled(rowsPerParameter: 2))
    #expect(result.isConverged && !usesSample(result).contains(true))
  }

  @Test("refuse samples of no more rows than parameters", arguments: [1, 0, -2, .nan, .infinity])
  func badOptions(rows: Double) {
    #expect(throws: OptimKitError.self) {
      try newton(.subsampled(rowsPerParameter: rows)).validate()
    }
  }
}

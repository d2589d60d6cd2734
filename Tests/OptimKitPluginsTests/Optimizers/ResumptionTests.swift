import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Resumed runs")
struct ResumptionTests {
  /// Every solver that carries something from step to step, and some that do not.
  static let solvers: [any LinearSolver] = [
    SketchedCGSolver(SparseSignSketcher()), SketchedCGSolver(NeuronSamplingSketcher()),
    SketchedLSQRSolver(SRHTSketcher()), CholeskySolver(reuse: .adaptive),
    CholeskySolver(precision: .single, reuse: .adaptive), AutomaticSolver(),
    PreconditionedCGSolver(NystromPreconditioning()),
    PreconditionedCGSolver(PivotedCholeskyPreconditioning()),
    LSMRSolver(preconditioning: SketchPreconditioning(TensorSketcher())), ConjugateGradientSolver(),
    RichardsonSolver(SparseSignSketcher()),
  ]
  /// Those that are sure to keep something in the first run below.
  static let keeping = Set(["sketched", "sketched-lsqr"])

  @Test("take the same steps from every checkpoint on, whatever the solver keeps")
  func sameBits() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 40, features: 6, width: 400)
    for solver in Self.solvers {
      let decisions = try check(
        solver, on: objective, from: objective.model.initialParameters(seed: 1))
      if Self.keeping.contains(solver.name) {
        #expect(decisions.contains { $0.hasPrefix("kept") }, "\(solver.name): \(decisions)")
      }
    }
  }

  @Test("take the same steps with an exact factor in keeping")
  func exact() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 300, features: 6, width: 8)
    for precision in [FactorPrecision.working, .single] {
      let decisions = try check(
        CholeskySolver(precision: precision, reuse: .adaptive), on: objective,
        from: objective.model.initialParameters(seed: 1), damping: 1, control: .backtracking)
      #expect(decisions.contains { $0.hasPrefix("kept") }, "\(decisions)")
    }
  }

  @Test("take the same steps in single precision, with a ridge and step control")
  func ridge() throws {
    let plain: LeastSquares<TwoLayerReLU<Float>> = try syntheticObjective(
      samples: 40, features: 6, width: 400)
    let objective = try LeastSquares(plain.model, targets: plain.targets, ridge: 1e-3)
    for solver in Self.solvers {
      try check(
        solver, on: objective, from: objective.model.initialParameters(seed: 1), damping: 1e-3,
        control: .backtracking)
    }
  }

  /// Goes on from every checkpoint of a run and compares; what the solver decided in the run.
  @discardableResult
  private func check<O: Objective>(
    _ solver: some LinearSolver, on objective: O, from start: [O.Scalar], damping: Double = 0,
    control: StepControl = .full
  ) throws -> [String] {
    let optimizer = GaussNewton(solver: solver, damping: damping, stepControl: control)
    let stopping: [StoppingCriterion] = [.iterations(7)]
    let whole = try Run(
      minimizing: objective, from: start, using: optimizer, until: stopping, seed: 3)
    var checkpoints = [whole.makeCheckpoint()]
    while try whole.advance() != nil { checkpoints.append(whole.makeCheckpoint()) }
    let expected = whole.finish()
    let decisions = expected.summary.history.compactMap { $0.step?.preparation?.decision }
    for checkpoint in checkpoints.dropLast() {
      let result = try minimize(
        objective, resuming: Checkpoint(checkpoint.serialized()), using: optimizer,
        until: stopping)
      let place = "\(solver.name) \(O.Scalar.self) after step \(checkpoint.iteration)"
      #expect(haveSameBits(result.parameters, expected.parameters), "\(place)")
      #expect(
        result.summary.history.map(\.loss) == expected.summary.history.map(\.loss), "\(place)")
      #expect(
        result.summary.history.map(\.innerIterations)
          == expected.summary.history.map(\.innerIterations), "\(place)")
      #expect(
        result.summary.history.compactMap { $0.step?.preparation?.decision } == decisions,
        "\(place)")
      #expect(result.summary.warnings.isEmpty)
    }
    return decisions
  }

  @Test("refuse the state of another solver")
  func foreign() throws {
    let objective = try LinearProblem(rows: 30, columns: 4, ridge: 0).objective
    let run = try Run(
      minimizing: objective, from: [1, 1, 1, 1],
      using: .gaussNewton(solver: .sketchedCG(.sparseSign())), until: [.iterations(1)])
    _ = try run.advance()
    #expect(
      errorKind {
        try minimize(
          objective, resuming: run.makeCheckpoint(),
          using: .gaussNewton(solver: .conjugateGradient())
        )
      } == .invalidArgument)
  }

  @Test(
    "are not changed by observers, criteria and checkpoints that ask for everything, for any optimizer"
  )
  func observers() throws {
    struct Discarding: CheckpointSink {
      func save(_ checkpoint: Checkpoint) throws { _ = try checkpoint.serialized() }
    }
    final class Curious: Observer {
      var gradientNorms: [Double] = []
      func runDidIterate<Scalar: RealScalar>(
        _ record: IterationRecord, at point: RunPoint<Scalar>
      ) throws {
        let gradient = try #require(try point.gradient())
        #expect(try point.gradientNorm() == Scalar.norm(gradient.span))
        #expect(try point.residual()?.count == point.outputs?.count)
        #expect(Double(point.loss) == record.loss && point.parameters.count == gradient.count)
        gradientNorms.append(Double(Scalar.norm(gradient.span)))
      }
    }
    let problem = try LinearProblem(rows: 60, columns: 5, ridge: 0.1)
    for optimizer in OptimizerTests.all {
      let optimizer = optimizer
      let start = [Double](repeating: 2, count: 5)
      let plain = try minimize(
        problem.objective, from: start, using: optimizer, until: [.iterations(3)])
      let curious = Curious()
      let observed = try minimize(
        problem.objective, from: start, using: optimizer, until: [.iterations(3)],
        observers: [curious])
      #expect(haveSameBits(plain.parameters, observed.parameters), "\(optimizer.details)")
      let saved = try minimize(
        problem.objective, from: start, using: optimizer,
        until: [.iterations(3), .gradientNorm(1e-300) && .relativeStep(1e-300)],
        observers: [RunHistory<Double>(keepingIteratesEvery: 1)],
        checkpoints: CheckpointPolicy(to: Discarding(), iterations: 1))
      #expect(haveSameBits(plain.parameters, saved.parameters), "\(optimizer.details)")
      // Optimizers without a linearization at the point pay one for the gradient.
      let extra =
        observed.summary.counts.linearizations - plain.summary.counts.linearizations
      #expect(extra == 0 || (extra == 3 && optimizer.name != "Gauss-Newton"), "\(optimizer.name)")
      #expect(curious.gradientNorms.count == observed.summary.iterations)
      #expect(observed.summary.warnings.isEmpty)
    }
  }
}

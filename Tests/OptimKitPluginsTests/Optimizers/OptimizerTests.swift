import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  /// One row for each optimizer; the Gauss-Newton method with each of the solvers.
  static let all =
    gaussNewton + trustRegion + sketchedTrustRegion + matrixFree + inexact + firstOrder + noisy

  static let gaussNewton: [any Optimizer] =
    LinearSolverTests.all.map { makeGaussNewton($0) } + [
      GaussNewton(solver: CholeskySolver(), damping: 0.01),
      GaussNewton(solver: CholeskySolver(), innerTolerance: .fixed(0.5)),
      GaussNewton(solver: SketchedCGSolver(CountSketcher()), stepControl: .backtracking),
    ]

  /// Those on dense factorizations.
  static let trustRegion: [any Optimizer] = [
    LevenbergMarquardt(), LevenbergMarquardt(dampingRule: .nielsen, scaling: .marquardt),
    LevenbergMarquardt(dampingRule: .nielsen, scaling: .none, accelerationLimit: 0.75),
    TrustRegion(subproblem: .dogleg), TrustRegion(subproblem: .exact, scaling: .none),
    SpectralTrustRegion(),
    SpectralTrustRegion(probes: StepProbes(cutoffCount: 0, selection: .gainRatio(0.075))),
  ]

  /// Those that step in random subspaces.
  static let sketchedTrustRegion: [any Optimizer] = [
    SketchedTrustRegion(), SketchedTrustRegion(rank: 4, gainRatio: 0.1),
  ]

  /// Those on products alone, for any shape.
  static let matrixFree: [any Optimizer] = [
    SteihaugTrustRegion(preconditioning: IdentityPreconditioning()),
    SteihaugTrustRegion(
      preconditioning: IdentityPreconditioning(), initialRadius: 0.1, innerTolerance: .fixed(1e-3)),
  ]

  /// Those over linear solvers.
  static let inexact: [any Optimizer] = [
    InexactLevenbergMarquardt(solver: CholeskySolver()),
    InexactLevenbergMarquardt(solver: QRSolver(), initialFactor: 1),
    InexactLevenbergMarquardt(solver: ConjugateGradientSolver()),
    InexactLevenbergMarquardt(solver: LSMRSolver(), innerTolerance: .fixed(1e-2)),
    InexactLevenbergMarquardt(solver: SketchedCGSolver(SparseSignSketcher())),
    InexactLevenbergMarquardt(solver: SketchedLSQRSolver(SRHTSketcher())),
    InexactLevenbergMarquardt(solver: AutomaticSolver()),
  ]

  /// Those that need more outputs than parameters.
  static let preconditioned: [any Optimizer] = [
    SteihaugTrustRegion(preconditioning: DiagonalPreconditioning()),
    SteihaugTrustRegion(preconditioning: BlockJacobiPreconditioning(blockSize: 2)),
    SteihaugTrustRegion(preconditioning: SketchPreconditioning(SparseSignSketcher())),
  ]

  /// Those that need many steps.
  static let firstOrder: [any Optimizer] = [
    GradientDescent(), GradientDescent(step: .smoothness(4)), GradientDescent(step: .fixed(0.5)),
    Nesterov(), Nesterov(restarts: false), Nesterov(smoothness: 4, strongConvexity: 0.1), LBFGS(),
    LBFGS(memory: 2),
    StochasticGradientDescent(step: 6, batchSize: nil, momentum: 0.7),
    StochasticGradientDescent(step: 6, batchSize: nil, momentum: 0.7, isNesterov: true),
    SVRG(step: 1, batchSize: 6), SVRG(step: 2, batchSize: 100),
    NaturalGradient(solver: CholeskySolver(), step: 0.5, damping: 0.01),
    NaturalGradient(solver: SketchedCGSolver(CountSketcher()), step: 0.9),
  ]

  /// Those that do not get close to the minimum, for the noise of batches or since their steps have a length.
  static let noisy: [any Optimizer] = [
    StochasticGradientDescent(step: 0.5, batchSize: 5),
    StochasticGradientDescent(
      step: 0.5, batchSize: 5, momentum: 0.5, schedule: .inverseTime(decay: 0.1), stepsAre: .batches
    ),
    Adam(step: 0.05, batchSize: 5), Adam(step: 0.05, batchSize: nil, schedule: .cosine(epochs: 20)),
    Adam(step: 0.05, batchSize: 5, weightDecay: 0.01, stepsAre: .batches),
    NaturalGradient(solver: CholeskySolver(), step: 0.5, damping: 1, batchSize: 5),
    NaturalGradient(
      solver: CholeskySolver(), step: 0.3, damping: 1, momentum: 0.5, batchSize: 5,
      stepsAre: .batches),
    NaturalGradient(
      solver: ConjugateGradientSolver(), step: 0.5, damping: 1, batchSize: 5, stepsAre: .batches),
  ]

  private static func makeGaussNewton(_ solver: some LinearSolver) -> any Optimizer {
    GaussNewton(solver: solver, stepControl: .backtracking)
  }

  @Test("conform on a mild problem of more outputs than parameters", arguments: scalarTypes)
  func mild(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) {
      for (list, steps) in [
        (Self.gaussNewton, 50), (Self.trustRegion, 50), (Self.sketchedTrustRegion, 50),
        (Self.matrixFree + Self.inexact + Self.preconditioned, 50), (Self.firstOrder, 600),
        (Self.noisy, 12),
      ] {
        for optimizer in list {
          let optimizer = optimizer
          #expect(
            conformanceIssues(
              of: optimizer, scalar: type, steps: steps, isExpectedToConverge: steps > 12) == [],
            "\(optimizer.name), \(optimizer.details) \(Scalar.self)")
        }
      }
    }
    check(type)
  }

  @Test("conform on a wide network with a ridge, with more parameters than outputs")
  func wide() throws {
    let plain: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 12, features: 4, width: 60)
    let objective = try LeastSquares(plain.model, targets: plain.targets, ridge: 1e-3)
    for optimizer in Self.all {
      let optimizer = optimizer
      #expect(
        conformanceIssues(
          of: optimizer, on: objective, from: objective.model.initialParameters(seed: 1), steps: 6,
          isExpectedToConverge: false) == [], "\(optimizer.name), \(optimizer.details)")
    }
  }

  @Test("go on from a saved state to the same bits")
  func resuming() throws {
    let network: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 12, features: 4, width: 60)
    let start = network.model.initialParameters(seed: 1)
    let key = RandomKey(seed: 5, purpose: .sketch)
    for optimizer in Self.all where optimizer.name != "Gauss-Newton" {
      let stepper = try optimizer.makeStepper(
        for: CountedObjective(network), from: start, key: key)
      for _ in 0..<3 { _ = try stepper.step() }
      var state = stepper.saveState()
      state.values = try state.values.map { try roundTrip($0) }
      let resumed = try optimizer.makeStepper(
        for: CountedObjective(network), from: state.parameters, key: key)
      try resumed.restore(state)
      #expect(resumed.loss == stepper.loss, "\(optimizer.name), \(optimizer.details)")
      for _ in 0..<3 {
        _ = try stepper.step()
        _ = try resumed.step()
      }
      #expect(
        haveSameBits(resumed.parameters, stepper.parameters),
        "\(optimizer.name), \(optimizer.details)")
      let other = try optimizer.makeStepper(
        for: CountedObjective(network), from: start, key: key)
      #expect(throws: OptimKitError.self) {
        try other.restore(StepperState(parameters: start))
      }
    }
  }
}

import OptimKit
import OptimKitPlugins

extension SolverChoice {
  /// The number of samples in a batch.
  private static var batchSize: Int { 64 }

  /// The optimizer, with steps of stochastic gradients that suit the features and the loss.
  ///
  /// - Throws: What products with the features throw.
  func makeOptimizer<M: Model, L: Loss>(
    for objective: EmpiricalRisk<M, L>, _ options: Options
  ) throws -> any Optimizer {
    switch self {
    case .automatic: return GaussNewton.newton(solver: AutomaticSolver())
    case .exact: return GaussNewton.newton(solver: CholeskySolver())
    case .sketched: return GaussNewton.newton(solver: SketchedCGSolver(SparseSignSketcher()))
    case .cg: return GaussNewton.newton(solver: ConjugateGradientSolver())
    case .lbfgs: return LBFGS()
    case .gradientDescent: return GradientDescent()
    case .nesterov: return Nesterov()
    case .naturalGradient: return NaturalGradient(solver: CholeskySolver(), step: 0.5)
    case .sgd:
      // Momentum 0.9 makes steps ten times as long in the mean.
      let smoothness = try SampleSmoothness(of: objective)
      return StochasticGradientDescent(
        step: smoothness.step(batchSize: Self.batchSize, lengthening: 10),
        batchSize: Self.batchSize, momentum: 0.9, isNesterov: true,
        schedule: .cosine(epochs: Double(options.maxIterations)))
    case .svrg:
      let smoothness = try SampleSmoothness(of: objective)
      return SVRG(
        step: smoothness.step(batchSize: Self.batchSize, lengthening: 4) / 2,
        batchSize: Self.batchSize)
    case .adam:
      // About as far as a standardised coefficient is from 0.
      return Adam(
        step: 0.05, batchSize: Self.batchSize,
        schedule: .cosine(epochs: Double(options.maxIterations)))
    }
  }
}

import OptimKit
import OptimKitPlugins

extension SolverChoice {
  /// Whether it is not a way to solve the systems of Gauss-Newton steps, but another optimizer.
  package var isPeer: Bool { makeSolver(.srht) == nil }

  /// Whether `--compare` runs it.
  package var isCompared: Bool { !isPeer || Self.comparedPeers.contains(self) }

  private static let comparedPeers: [SolverChoice] = [.lbfgs, .sgd, .adam, .naturalGradient]

  /// The optimizer, with steps that suit a network of `width` neurons on rows of unit length.
  func makeOptimizer(_ options: Options, _ sketch: SketchChoice, width: Int) -> any Optimizer {
    let stepControl: StepControl = options.ridge > 0 ? .backtracking : .full
    func gaussNewton(_ solver: some LinearSolver) -> any Optimizer {
      GaussNewton(solver: solver, damping: options.chosenDamping, stepControl: stepControl)
    }
    if let solver = makeSolver(sketch) { return gaussNewton(solver) }
    return switch self {
    case .gradientDescent: GradientDescent()
    case .nesterov: Nesterov()
    case .lbfgs: LBFGS()
    // The mean of squared outputs has a curvature below ‖x‖²/2.
    case .sgd: StochasticGradientDescent(step: 4, momentum: 0.9, isNesterov: true)
    case .svrg: SVRG(step: 4)
    // Outputs are sums over neurons divided by √m, so that each weight has to move by O(1/√m) only.
    case .adam:
      Adam(
        step: 1 / Double(width).squareRoot(),
        schedule: .cosine(epochs: Double(options.maxIterations)))
    case .gramGaussNewton:
      NaturalGradient(solver: CholeskySolver(), damping: options.chosenDamping, batchSize: 128)
    default:
      NaturalGradient(solver: CholeskySolver(), step: 0.5, damping: options.chosenDamping)
    }
  }
}

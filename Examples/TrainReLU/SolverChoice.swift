import OptimKit
import OptimKitPlugins

/// The solvers that the command line offers.
package enum SolverChoice: String, CaseIterable, Sendable {
  /// Chosen by a model of costs.
  case automatic
  /// Cholesky factorization of the exact Gram matrix.
  case exact
  /// Conjugate gradients without a preconditioner.
  case cg
  /// Conjugate gradients preconditioned with a sketch.
  case sketched
  /// The heavy-ball iteration preconditioned with a sketch.
  case heavyBall = "heavy-ball"
  /// Algorithm 2 of arXiv 2006.11648, to the letter.
  case richardson
  /// Gradient descent with backtracking, instead of Gauss-Newton.
  case gradientDescent = "gradient-descent"
  /// Nesterov's accelerated gradients.
  case nesterov
  /// Limited-memory BFGS.
  case lbfgs
  /// Stochastic gradient descent with momentum.
  case sgd
  /// Stochastic variance-reduced gradients.
  case svrg
  /// Adam on batches.
  case adam
  /// Natural gradient descent with half steps, as in ZMG19.
  case naturalGradient = "natural-gradient"
  /// Gauss-Newton on batches, as in CGH+19.
  case gramGaussNewton = "gram-gauss-newton"

  /// Whether the solver draws a sketch.
  package var takesSketch: Bool {
    switch self {
    case .sketched, .heavyBall, .richardson: true
    default: false
    }
  }

  /// Whether the solver is expected to converge with a sketch: the fixed step of Algorithm 2 is for sketches that keep
  /// lengths whatever the data, which a sample of neurons does not.
  package func suits(_ sketch: SketchChoice) -> Bool {
    self != .richardson || sketch != .neuronSampling
  }

  /// The solver, with the sketch where it takes one; nil for another optimizer than Gauss-Newton.
  package func makeSolver(_ sketch: SketchChoice) -> (any LinearSolver)? {
    makeSolver(sketch.makeSketcher())
  }

  private func makeSolver(_ sketcher: some Sketcher) -> (any LinearSolver)? {
    switch self {
    case .automatic: AutomaticSolver()
    case .exact: CholeskySolver()
    case .cg: ConjugateGradientSolver()
    case .sketched: SketchedCGSolver(sketcher)
    case .heavyBall: HeavyBallSolver(sketcher)
    case .richardson: RichardsonSolver(sketcher)
    default: nil
    }
  }

  /// Vectors as long as the weights that an optimizer holds beyond the 6 of Gauss-Newton.
  var weightsHeld: Double {
    switch self {
    case .lbfgs: 20
    case .sgd, .svrg, .adam: 4
    default: 0
    }
  }

  /// Matrices of n² scalars that the solver holds for n residuals, roughly.
  var squaresHeld: Double {
    switch self {
    // Its own model keeps it within memory.
    case .automatic, .exact, .naturalGradient: 3
    case .cg, .gradientDescent, .nesterov, .lbfgs, .sgd, .svrg, .adam, .gramGaussNewton: 0
    case .sketched, .heavyBall: 7
    case .richardson: 55
    }
  }
}

/// The sketches that the command line offers.
package enum SketchChoice: String, CaseIterable, Sendable {
  /// The subsampled randomised Hadamard transform.
  case srht
  /// A sparse matrix of random signs.
  case sparseSign = "sparse-sign"
  /// TensorSketch, from the Kronecker factors of the Jacobian's rows.
  case tensor
  /// Sampled neurons, whose Gram matrix comes from activation bits.
  case neuronSampling = "neuron-sampling"

  func makeSketcher() -> any Sketcher {
    switch self {
    case .srht: SRHTSketcher()
    case .sparseSign: SparseSignSketcher()
    case .tensor: TensorSketcher()
    case .neuronSampling: NeuronSamplingSketcher()
    }
  }
}

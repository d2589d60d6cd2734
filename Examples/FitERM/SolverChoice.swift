import OptimKit
import OptimKitPlugins

/// The solvers that the command line offers.
package enum SolverChoice: String, CaseIterable, Sendable {
  /// Newton's method, with systems solved as a model of costs chooses.
  case automatic
  /// Newton's method with a Cholesky factorization of the exact Hessian.
  case exact
  /// Newton's method with conjugate gradients preconditioned with a sketch.
  case sketched
  /// Newton's method with conjugate gradients without a preconditioner.
  case cg
  /// Limited-memory BFGS.
  case lbfgs
  /// Gradient descent with backtracking.
  case gradientDescent = "gradient-descent"
  /// Nesterov's accelerated gradients.
  case nesterov
  /// Stochastic gradient descent with momentum.
  case sgd
  /// Stochastic variance-reduced gradients.
  case svrg
  /// Adam on batches.
  case adam
  /// Natural gradient descent with half steps, as in ZMG19.
  case naturalGradient = "natural-gradient"

  /// Whether it is Newton's method, of which convergence is expected; others show what it is compared with.
  package var isNewton: Bool {
    switch self {
    case .automatic, .exact, .sketched, .cg: true
    default: false
    }
  }

  /// The name of the sketch, where one is drawn.
  var sketch: String? { self == .sketched ? SparseSignSketcher().name : nil }
}

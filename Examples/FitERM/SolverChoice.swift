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

  /// The optimizer.
  var optimizer: any Optimizer {
    switch self {
    case .automatic: GaussNewton.newton(solver: AutomaticSolver())
    case .exact: GaussNewton.newton(solver: CholeskySolver())
    case .sketched: GaussNewton.newton(solver: SketchedCGSolver(SparseSignSketcher()))
    case .cg: GaussNewton.newton(solver: ConjugateGradientSolver())
    }
  }

  /// The name of the sketch, where one is drawn.
  var sketch: String? { self == .sketched ? SparseSignSketcher().name : nil }
}

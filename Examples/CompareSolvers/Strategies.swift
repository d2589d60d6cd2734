import OptimKit
import OptimKitPlugins

/// The solvers that the command line offers.
package enum SolverChoice: String, CaseIterable, Sendable {
  /// Chosen by a model of costs.
  case automatic
  /// Cholesky factorization of the normal matrix.
  case exact
  /// Householder QR or LQ of the rows.
  case qr
  /// Eigendecomposition of the normal matrix.
  case spectral
  /// Conjugate gradients on the normal equations.
  case cg
  /// LSQR of Paige and Saunders.
  case lsqr
  /// LSMR of Fong and Saunders.
  case lsmr
  /// Conjugate gradients preconditioned with a randomised Nyström approximation.
  case nystromCG = "nystrom-cg"
  /// Conjugate gradients preconditioned with a sketch.
  case sketchedCG = "sketched-cg"
  /// LSQR preconditioned with a sketch, with sketch-and-solve start and refinement.
  case sketchedLSQR = "sketched-lsqr"
  /// The heavy-ball iteration preconditioned with a sketch.
  case heavyBall = "heavy-ball"
  /// The Chebyshev iteration preconditioned with a sketch.
  case chebyshev
  /// Algorithm 2 of arXiv 2006.11648, to the letter.
  case richardson

  /// Whether the solver draws a sketch.
  package var takesSketch: Bool {
    switch self {
    case .automatic, .exact, .qr, .spectral, .cg, .lsqr, .lsmr, .nystromCG: false
    case .sketchedCG, .sketchedLSQR, .heavyBall, .chebyshev, .richardson: true
    }
  }

  /// Rows of the sketch per column, where the command line does not say.
  package var defaultOversampling: Double { self == .richardson ? 50 : 4 }

  /// The solver, with a sketch where it takes one.
  package func makeSolver(_ sketch: SketchChoice?, oversampling: Double) -> any LinearSolver {
    let sketcher = (sketch ?? .srht).sketcher
    return make(sketcher, oversampling)
  }

  private func make(_ sketcher: some Sketcher, _ oversampling: Double) -> any LinearSolver {
    switch self {
    case .automatic: AutomaticSolver()
    case .exact: CholeskySolver()
    case .qr: QRSolver()
    case .spectral: SpectralSolver()
    case .cg: ConjugateGradientSolver(maximumIterations: 2000)
    case .lsqr: LSQRSolver(maximumIterations: 2000)
    case .lsmr: LSMRSolver(maximumIterations: 2000)
    case .nystromCG:
      PreconditionedCGSolver(NystromPreconditioning(), maximumIterations: 2000)
    case .sketchedCG: SketchedCGSolver(sketcher, oversampling: oversampling)
    case .sketchedLSQR: SketchedLSQRSolver(sketcher, oversampling: oversampling)
    case .heavyBall: HeavyBallSolver(sketcher, oversampling: oversampling)
    case .chebyshev: ChebyshevSolver(sketcher, oversampling: oversampling)
    case .richardson: RichardsonSolver(sketcher, oversampling: oversampling)
    }
  }
}

/// The sketches that the command line offers.
package enum SketchChoice: String, CaseIterable, Sendable {
  /// Independent normal numbers.
  case gaussian
  /// The subsampled randomized Hadamard transform.
  case srht
  /// A sparse matrix of random signs.
  case sparseSign = "sparse-sign"
  /// One random sign in each column.
  case countSketch = "count-sketch"
  /// TensorSketch, a CountSketch of Kronecker products.
  case tensor
  /// Rows sampled uniformly.
  case uniform
  /// Rows sampled by approximate leverage scores.
  case leverage

  /// The distribution.
  package var sketcher: any Sketcher {
    switch self {
    case .gaussian: GaussianSketcher()
    case .srht: SRHTSketcher()
    case .sparseSign: SparseSignSketcher()
    case .countSketch: CountSketcher()
    case .tensor: TensorSketcher()
    case .uniform: UniformSamplingSketcher()
    case .leverage: LeverageSamplingSketcher()
    }
  }
}

/// A solver, and the sketch that it draws.
package struct Strategy: Sendable {
  /// The solver.
  package let solver: SolverChoice
  /// The sketch, where the solver draws one.
  package let sketch: SketchChoice?
  /// Rows of the sketch per column.
  package let oversampling: Double

  /// All that the options ask for.
  package static func all(for options: Options) -> [Self] {
    (options.solvers ?? SolverChoice.allCases).flatMap { solver -> [Self] in
      let sketches = solver.takesSketch ? options.sketches ?? SketchChoice.allCases : []
      let oversampling = options.oversampling ?? solver.defaultOversampling
      guard solver.takesSketch else {
        return [Self(solver: solver, sketch: nil, oversampling: oversampling)]
      }
      return sketches.map { Self(solver: solver, sketch: $0, oversampling: oversampling) }
    }
  }

  /// The library's solver.
  package var linearSolver: any LinearSolver {
    solver.makeSolver(sketch, oversampling: oversampling)
  }
}

import OptimKit

/// Sketch-and-precondition LSQR with a step of refinement (Blendenpik, LSRN, SPIR: arXiv 1109.5981,
/// 2406.03468), the solver for ill-conditioned systems.
///
/// With the sketch [S A; √μ I] = QR of s = `oversampling` · k rows (k = min(n, p)), LSQR runs on the tall
/// matrix [A; √μ I] R⁻¹, whose condition number is about (√s + √k)/(√s − √k) whatever that of A:
///
/// - primal: least squares in y = R x, started from the solution of the sketched problem;
/// - dual: R⁻ᵀ[T, √μ I] w = R⁻ᵀr from the left leaves the solutions as they are, and LSQR from zero finds
///   the one of minimum norm.
///
/// A run ends when ‖N z − r‖ is within the tolerance and ‖R⁻ᵀ(N z − r)‖ has fallen as much, so that directions
/// of small singular values converge too, as far as u κ(R) ‖b − A x‖ (u ‖x − c‖ κ(R) in the dual), which is what
/// rounding leaves of it. A run gains no more than 1 / (u κ(R)); should the residual measured afresh be larger than
/// the tolerance, or that be within 100 roundoffs, another refines the solution. To the tightest tolerance the
/// backward error is like that of dense QR, at κ(J) = 10¹² in double precision too, where the normal equations fail.
///
/// R is kept for the next system while it is good enough (`PreconditionerReuse`). Where the sketched matrix is
/// singular at working precision, a sketch of twice the size is drawn, and where that is singular too, LSQR runs
/// without a preconditioner and gives the solution of minimum norm; the report tells.
///
/// Cost: the sketch, 2 s k² for R, and one product with J, one with Jᵀ and k² · 2 an iteration; the error falls
/// by √(k/s) an iteration, ½ at s = 4 k. Storage, with l = max(n, p), plus k each for l and s where there is
/// damping: s k + 3 l + 7 k scalars in the primal, s k + 5 l + 5 k in the dual, and for the
/// start in the primal up to 18 s and 64 bytes for each row of a block of the sketch.
public struct SketchedLSQRSolver<Sketch: Sketcher>: SketchingSolver {
  /// The distribution of the sketch.
  public var sketch: Sketch
  /// Rows of the sketch per column, at least 1.1; 4 by default.
  public var oversampling: Double
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int
  /// How long R is kept; adaptive by default.
  public var reuse: PreconditionerReuse

  /// Creates the solver.
  public init(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.maximumIterations = maximumIterations
    self.reuse = reuse
  }

  /// "sketched-lsqr".
  public var name: String { "sketched-lsqr" }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try validateSketching()
    try reuse.validate()
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    LeastSquaresWorkspace<Scalar>(
      preconditioning: SketchFactoring(sketch: sketch, oversampling: oversampling), reuse: reuse,
      method: LSQRMethod(), maximumIterations: maximumIterations)
  }
}

extension LinearSolver {
  /// Sketch-and-precondition LSQR with a step of refinement.
  public static func sketchedLSQR<Sketch: Sketcher>(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive
  ) -> Self where Self == SketchedLSQRSolver<Sketch> {
    Self(
      sketch, oversampling: oversampling, maximumIterations: maximumIterations, reuse: reuse)
  }
}

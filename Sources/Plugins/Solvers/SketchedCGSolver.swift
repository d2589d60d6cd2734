import OptimKit

/// Conjugate gradients preconditioned with a sketch: the method of arXiv 2006.11648 with its fixed-step
/// iteration replaced by conjugate gradients.
///
/// A sketch S A of s = `oversampling` · k rows (k = min(n, p)) is factored, S A = QR, and R preconditions.
/// R comes from the Cholesky factorization of the sketched Gram matrix, or from QR where that is singular at
/// working precision. In single precision that takes half of the time; the iteration, in that of the system, is as
/// accurate.
/// Iterations no longer depend on the conditioning of the Jacobian: with s = 4 k about 5, 12 and 22 for
/// relative residuals of 1e-1, 1e-3 and 1e-6. R is kept for the next system while it is good enough
/// (`PreconditionerReuse`).
///
/// Cost: the sketch, s k² + k³/3 for R, or 2 s k² by QR, and one product with J and one with Jᵀ an
/// iteration. Storage: (s + k) k + k² scalars, kept for the next system, and 6 short-side vectors, one more
/// after a reused R failed; in single precision (s + k) k + k² of `Float` in the place of k² scalars.
public struct SketchedCGSolver<Sketch: Sketcher>: SketchingSolver {
  /// The distribution of the sketch.
  public var sketch: Sketch
  /// Rows of the sketch per column, more than 1; 4 by default.
  public var oversampling: Double
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int
  /// How long R is kept; adaptive by default.
  public var reuse: PreconditionerReuse
  /// The precision of R; that of the system by default.
  public var precision: FactorPrecision

  /// Creates the solver.
  public init(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive, precision: FactorPrecision = .working
  ) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.maximumIterations = maximumIterations
    self.reuse = reuse
    self.precision = precision
  }

  /// "sketched".
  public var name: String { "sketched" }

  /// Name, sketch, its size, the precision of R and how long that is kept.
  public var settings: [RunSetting.Name: String] {
    sketchSettings.merging([
      .factorization: "\(precision.rawValue) precision", .preconditioner: reuse.words,
    ]) { $1 }
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try validateSketching()
    try reuse.validate()
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      preconditioning: SketchPreconditioning(
        sketch, oversampling: oversampling, precision: precision),
      reuse: reuse, iteration: ConjugateGradientIteration(maximumIterations: maximumIterations))
  }
}

extension LinearSolver {
  /// Conjugate gradients preconditioned with a sketch of `oversampling` rows per column.
  public static func sketchedCG<Sketch: Sketcher>(
    _ sketch: Sketch, oversampling: Double = 4, maximumIterations: Int = 1000,
    reuse: PreconditionerReuse = .adaptive, precision: FactorPrecision = .working
  ) -> Self where Self == SketchedCGSolver<Sketch> {
    Self(
      sketch, oversampling: oversampling, maximumIterations: maximumIterations, reuse: reuse,
      precision: precision)
  }
}

import OptimKit

/// Exact Gauss-Newton steps: forms the short-side matrix N and factors it by Cholesky, as in CGH+19
/// (arXiv 1905.11675).
///
/// It squares the condition number of the Jacobian: at κ(J) = 10⁷ in double precision half of the solution's
/// digits are gone; singular systems are refused. Where the factor's pivots say that the residual may
/// exceed the tolerance, as in single precision they mostly do, the residual is measured, and conjugate gradients
/// preconditioned with the factor refine the solution.
///
/// With `.adaptive` reuse the factor of an earlier step preconditions conjugate gradients for later ones, as
/// long as their iterations cost less than a new factor. By default each system is factored.
///
/// Cost: that of N (min(n, p)² max(n, p), or far less where the Jacobian is `GramComputing`), and k³/3 for
/// the factorization, k = min(n, p). Storage: k² + 6 k scalars, k² of `Float` in single precision, and where N is summed from
/// dense rows up to 16 k² of partial sums, 2²² at most.
public struct CholeskySolver: LinearSolver {
  /// The precision of the factor; that of the system by default.
  public var precision: FactorPrecision
  /// How long a factor is kept; never beyond its system by default.
  public var reuse: PreconditionerReuse

  /// Creates the solver.
  public init(
    precision: FactorPrecision = .working, reuse: PreconditionerReuse = .never
  ) {
    self.precision = precision
    self.reuse = reuse
  }

  /// "exact".
  public var name: String { "exact" }

  /// Name, precision and reuse.
  public var settings: [RunSetting.Name: String] {
    baseSettings.merging([
      .factorization: "\(precision.rawValue) precision", .preconditioner: reuse.words,
    ]) { $1 }
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws { try reuse.validate() }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    IterativeWorkspace<Scalar>(
      preconditioning: CholeskyPreconditioning(precision: precision), reuse: reuse,
      solvesDirectly: true, iteration: ConjugateGradientIteration(maximumIterations: 1000))
  }
}

extension LinearSolver where Self == CholeskySolver {
  /// Cholesky factorization of the exact short-side matrix.
  public static var exact: Self { Self() }

  /// Cholesky factorization of the exact short-side matrix, in a precision and with reuse of choice.
  public static func exact(
    precision: FactorPrecision = .working, reuse: PreconditionerReuse = .never
  ) -> Self {
    Self(precision: precision, reuse: reuse)
  }
}

import OptimKit

/// Exact Gauss-Newton steps: forms the short-side matrix N and factors it by Cholesky, as in CGH+19
/// (arXiv 1905.11675).
///
/// Cost: that of N (min(n, p)² max(n, p), or far less where the Jacobian is `GramComputing`), and k³/3 for
/// the factorization, k = min(n, p). Storage: k² + k scalars.
///
/// It squares the condition number of the Jacobian: at κ(J) = 10⁷ in double precision half of the solution's
/// digits are gone; singular systems are refused.
public struct CholeskySolver: LinearSolver {
  /// Creates the solver.
  public init() {}

  /// "exact".
  public var name: String { "exact" }

  /// Accepts everything: there are no options.
  public func validate() throws {}

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    CholeskyWorkspace<Scalar>()
  }
}

extension LinearSolver where Self == CholeskySolver {
  /// Cholesky factorization of the exact short-side matrix.
  public static var exact: Self { Self() }
}

private final class CholeskyWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private var system: DampedSystem<Scalar>?
  private var factorization: CholeskyFactorization<Scalar>?
  private var shortSide: AlignedBuffer<Scalar>?

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    // The old factor's memory becomes the new matrix.
    var normal: Matrix<Scalar>? = try system.normalMatrix(
      reusing: factorization.take()?.recoverStorage())
    // Handed over, not shared: a shared matrix would be copied.
    factorization = try system.ledger.measure(.factorization) {
      try CholeskyFactorization(normal.take()!)
    }
    system.ledger.addFactorization()
    return PreparationReport(access: system.normalMatrixAccess)
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, let factorization else { preconditionFailure("prepare before solving") }
    let memory = AlignedBuffer.resize(&shortSide, to: system.shortCount)
    var z = memory.mutableSpan
    try system.shortSide(of: rightHandSide, into: &z)
    let norm = Scalar.norm(z.span)
    system.ledger.measure(.solver) { factorization.solve(in: &z) }
    try system.recover(from: z.span, of: rightHandSide, into: &solution)
    return SolveReport(status: .converged, rightHandSideNorm: Double(norm))
  }
}

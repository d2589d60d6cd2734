import OptimKit

/// Exact Gauss-Newton steps for small problems by a dense orthogonal factorization: QR of [T; √μ I] where
/// there are more rows than columns, LQ of [T, √μ I] otherwise,
///
///     primal: [T; √μ I] = QR, x = R⁻¹ Qᵀ[b; √μ c],      dual: [T, √μ I] = LQ, x = c + Qᵀ L⁻¹(b − T c).
///
/// Backward stable, as `CholeskySolver` is not: the condition number is not squared, and at κ(J) = 10¹² in
/// double precision four digits are left where the normal equations fail (Golub and Van Loan, Matrix
/// Computations, 5.3).
///
/// Cost: 2 l k² for k = min(n, p) and the long side l = max(n, p), or l = n + p with damping; 4 l k and a
/// product with J or Jᵀ for each right-hand side. Storage: l k + l + k scalars. Needs rows of the Jacobian
/// (`RowAccessible`); a system that is singular at working precision is refused.
public struct QRSolver: LinearSolver {
  /// Creates the solver.
  public init() {}

  /// "qr".
  public var name: String { "qr" }

  /// Accepts everything: there are no options.
  public func validate() throws {}

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    QRWorkspace<Scalar>()
  }
}

extension LinearSolver where Self == QRSolver {
  /// Dense QR factorization of the Jacobian's rows.
  public static var qr: Self { Self() }
}

private final class QRWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private var system: DampedSystem<Scalar>?
  private var factorization: OrthogonalFactorization<Scalar>?
  private var longBuffer: AlignedBuffer<Scalar>?
  private var shortBuffer: AlignedBuffer<Scalar>?

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    // The old factor's memory becomes the new matrix.
    var matrix = factorization.take()?.recoverStorage()
    let elements = system.shortCount * system.augmentedLongCount
    guard elements < Int(Int32.max) else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a dense factorization of \(system.augmentedLongCount) × \(system.shortCount) "
          + "elements",
        remedy: "choose an iterative solver, such as sketched LSQR")
    }
    if matrix?.rowCount != (system.isDual ? system.shortCount : system.augmentedLongCount)
      || matrix?.columnCount != (system.isDual ? system.augmentedLongCount : system.shortCount)
    {
      matrix = system.makeAugmentedMatrix()
    }
    var rows = matrix.take()!
    try system.ledger.measure(.gram) { try system.copyAugmentedRows(into: &rows) }
    // Handed over, not shared: a shared matrix would be copied.
    matrix = consume rows
    let result = try system.ledger.measure(.factorization) {
      try OrthogonalFactorization(matrix.take()!)
    }
    system.ledger.addFactorization()
    try result.requireRegular("the Jacobian")
    factorization = result
    return PreparationReport(access: "rows of the Jacobian", factorization: "QR")
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, let isTall = factorization?.isTall else {
      preconditionFailure("prepare before solving")
    }
    let long = AlignedBuffer.resize(&longBuffer, to: system.augmentedLongCount)
    let short = AlignedBuffer.resize(&shortBuffer, to: system.shortCount)
    var longSpan = long.mutableSpan
    var shortSpan = short.mutableSpan
    try system.shortSide(of: rightHandSide, into: &shortSpan)
    let norm = Scalar.norm(shortSpan.span)
    try requireFiniteRightHandSide(norm)

    if !system.isDual {
      AugmentedOperator(system).copyTarget(of: rightHandSide, into: &longSpan)
    } else if isTall {
      // Square and undamped: QR, as in the primal.
      Scalar.copy(shortSpan.span, into: &longSpan)
    }
    system.ledger.measure(.solver) {
      if isTall {
        factorization?.applyOrthogonal(.transposed, in: &longSpan)
        longSpan.withSlice(0..<short.count) {
          factorization?.solveTriangle(.plain, in: &$0)
        }
      } else {
        factorization?.solveTriangle(.plain, in: &shortSpan)
        Scalar.fill(&longSpan, with: 0)
        longSpan.withSlice(0..<short.count) { Scalar.copy(shortSpan.span, into: &$0) }
        factorization?.applyOrthogonal(.transposed, in: &longSpan)
      }
    }
    Scalar.copy(longSpan.span.extracting(first: system.columnCount), into: &solution)
    if system.isDual, let center = rightHandSide.center {
      Scalar.add(1, center.span, to: &solution)
    }
    return SolveReport(status: .converged, rightHandSideNorm: Double(norm))
  }
}

extension OrthogonalFactorization {
  /// Throws where the triangle is singular at working precision.
  func requireRegular(
    _ what: String, smallestReciprocal: Scalar = 4 * Scalar.unitRoundoff
  ) throws {
    let reciprocal = triangleReciprocalConditionNumber
    guard reciprocal > smallestReciprocal else {
      throw OptimKitError(
        .singularSystem,
        cause: "\(what) is singular at \(Scalar.typeName) precision: the reciprocal condition "
          + "number is \(reciprocal)",
        remedy: "use a positive damping or ridge, remove duplicated or all-zero rows of the data, "
          + "or compute in double precision")
    }
  }
}

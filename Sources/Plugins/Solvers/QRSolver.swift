import OptimKit

/// Exact Gauss-Newton steps for small problems by a dense orthogonal factorization: QR of [T; √μ I] where
/// there are more rows than columns, LQ of [T, √μ I] otherwise,
///
///     primal: [T; √μ I] = QR, x = R⁻¹ Qᵀ[b; √μ c],      dual: [T, √μ I] = LQ, x = c + Qᵀ L⁻¹(b − T c).
///
/// Backward stable, as ``CholeskySolver`` is not: the condition number is not squared, and at κ(J) = 10¹² in
/// double precision four digits are left where the normal equations fail (Golub and Van Loan, Matrix
/// Computations, 5.3).
///
/// Where damping makes N = RᵀR well conditioned, κ₁(R) < 4, x comes from R⁻¹R⁻ᵀ times the short side instead of Q.
///
/// A system that is singular at working precision is factored once more, by QR with column pivoting
/// (`CompleteOrthogonalFactorization`), and gets its least-squares solution of minimum norm; the report says so.
///
/// Cost: 2 l k² for k = min(n, p) and the long side l = max(n, p), or l = n + p with damping, and about 4 l k²
/// more where that is singular; 4 l k and a product with J or Jᵀ for each right-hand side. Storage: l k + l + k
/// scalars, up to k² more for a singular system. Needs rows of the Jacobian (`RowAccessible`).
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
  /// Of Ā, where that is rank-deficient.
  private var completeFactorization: CompleteOrthogonalFactorization<Scalar>?
  /// Whether N = RᵀR is so well conditioned, through damping, that two triangles solve it as accurately.
  private var usesTriangles = false
  private var longBuffer: AlignedBuffer<Scalar>?
  private var shortBuffer: AlignedBuffer<Scalar>?

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    completeFactorization = nil
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
    let result = try system.ledger.measureInterruptibly(.factorization) {
      try OrthogonalFactorization(matrix.take()!)
    }
    system.ledger.addFactorization()
    var report = PreparationReport(access: "rows of the Jacobian", factorization: "QR")
    let reciprocal = result.triangleReciprocalConditionNumber
    usesTriangles = system.damping > 0 && reciprocal > 0.25
    if reciprocal > 4 * Scalar.unitRoundoff {
      factorization = result
    } else {
      let rank = try prepareSingular(system, reusing: result.recoverStorage())
      report.factorization = "QR with column pivoting"
      report.fallbacks = [
        "the Jacobian is singular at \(Scalar.typeName) precision: factored by QR with column "
          + "pivoting, rank \(rank) of \(system.shortCount), for the solution of minimum norm"
      ]
    }
    return report
  }

  /// Factors Ā with column pivoting; its rank.
  private func prepareSingular(
    _ system: DampedSystem<Scalar>, reusing storage: consuming Matrix<Scalar>
  ) throws -> Int {
    var rows = storage
    try system.ledger.measure(.gram) { try system.copyAugmentedRows(into: &rows) }
    var matrix: Matrix<Scalar>? = system.isDual ? consume rows : rows.transposed()
    let result = try system.ledger.measureInterruptibly(.factorization) {
      try CompleteOrthogonalFactorization(transposed: matrix.take()!)
    }
    system.ledger.addFactorization()
    completeFactorization = result
    return result.rank
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, factorization != nil || completeFactorization != nil else {
      preconditionFailure("prepare before solving")
    }
    let long = AlignedBuffer.resize(&longBuffer, to: system.augmentedLongCount)
    let short = AlignedBuffer.resize(&shortBuffer, to: system.shortCount)
    var longSpan = long.mutableSpan
    var shortSpan = short.mutableSpan
    try system.shortSide(of: rightHandSide, into: &shortSpan)
    let norm = Scalar.norm(shortSpan.span)
    try requireFiniteRightHandSide(norm)

    if usesTriangles {
      // Rows √μ I far longer than those of T would cost the others' digits in Qᵀ[b; √μ c]: Householder QR is
      // stable by columns, not by rows (Cox and Higham 1998).
      system.ledger.measure(.solver) {
        factorization?.solveNormal(in: &shortSpan)
      }
      try system.recover(from: shortSpan.span, of: rightHandSide, into: &solution)
      return SolveReport(status: .converged, rightHandSideNorm: Double(norm))
    }
    let isTall = factorization?.isTall ?? false
    if !system.isDual {
      AugmentedOperator(system).copyTarget(of: rightHandSide, into: &longSpan)
    } else if isTall {
      // Square and undamped: QR, as in the primal.
      Scalar.copy(shortSpan.span, into: &longSpan)
    }
    var report = SolveReport(status: .converged, rightHandSideNorm: Double(norm))
    if completeFactorization != nil {
      try solveSingular(
        system, norm: norm, tolerance: tolerance, long: &longSpan, short: &shortSpan, &report)
    } else {
      system.ledger.measure(.solver) {
        solveRegular(isTall: isTall, long: &longSpan, short: &shortSpan)
      }
    }
    Scalar.copy(longSpan.span.extracting(first: system.columnCount), into: &solution)
    if system.isDual, let center = rightHandSide.center {
      Scalar.add(1, center.span, to: &solution)
    }
    return report
  }

  /// First elements of `long` ← the solution.
  private func solveRegular(
    isTall: Bool, long: inout MutableSpan<Scalar>, short: inout MutableSpan<Scalar>
  ) {
    if isTall {
      factorization?.applyOrthogonal(.transposed, in: &long)
      long.withSlice(0..<short.count) { factorization?.solveTriangle(.plain, in: &$0) }
    } else {
      factorization?.solveTriangle(.plain, in: &short)
      Scalar.fill(&long, with: 0)
      long.withSlice(0..<short.count) { Scalar.copy(short.span, into: &$0) }
      factorization?.applyOrthogonal(.transposed, in: &long)
    }
  }

  /// First elements of `long` ← the solution of minimum norm. In the dual N z = r may have none: then the
  /// residual tells.
  private func solveSingular(
    _ system: DampedSystem<Scalar>, norm: Scalar, tolerance: ResidualTolerance<Scalar>,
    long: inout MutableSpan<Scalar>, short: inout MutableSpan<Scalar>, _ report: inout SolveReport
  ) throws {
    guard system.isDual else {
      system.ledger.measure(.solver) {
        completeFactorization?.solve(&long, into: &short)
        long.withSlice(0..<short.count) { Scalar.copy(short.span, into: &$0) }
      }
      return
    }
    system.ledger.measure(.solver) {
      completeFactorization?.solveTransposed(short.span, into: &long)
    }
    guard norm > 0 else { return }
    var fitted = Scalar.zeros(system.shortCount)
    var residual = fitted.mutableSpan
    try AugmentedOperator(system).applyTransposed(long.span, into: &residual)
    Scalar.combine(1, short.span, plus: -1, into: &residual)
    let rest = Scalar.norm(residual.span)
    // What rounding makes of ‖Āᵀw − r‖ is no more than a direct solver may leave.
    let rounding = 8 * Scalar(system.shortCount) * Scalar.unitRoundoff * norm
    report.relativeResidual = Double(rest / norm)
    if rest > max(tolerance.threshold(rightHandSideNorm: norm), rounding) {
      report.status = .stagnated
      report.notes = ["the right-hand side is out of the range of a singular Jacobian"]
    }
  }
}

extension OrthogonalFactorization {
  /// r ← (RᵀR)⁻¹r, or (L Lᵀ)⁻¹r.
  fileprivate func solveNormal(in r: inout MutableSpan<Scalar>) {
    solveTriangle(isTall ? .transposed : .plain, in: &r)
    solveTriangle(isTall ? .plain : .transposed, in: &r)
  }

  /// The reciprocal condition number of the triangle.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where the triangle is singular at working precision.
  @discardableResult
  func requireRegular(_ what: String, smallestReciprocal: Scalar) throws -> Scalar {
    let reciprocal = triangleReciprocalConditionNumber
    guard reciprocal > smallestReciprocal else {
      throw OptimKitError(
        .singularSystem,
        cause: "\(what) is singular at \(Scalar.typeName) precision: the reciprocal condition "
          + "number is \(reciprocal)",
        remedy: "use a positive damping or ridge, remove duplicated or all-zero rows of the data, "
          + "or compute in double precision")
    }
    return reciprocal
  }
}

import OptimKit
import OptimKitModels

/// What is wrong with a linear solver on one system, in words; empty where nothing was found.
///
/// Prepares once, solves for two right-hand sides and for zero, and checks that
///
/// - the solution satisfies the damped normal equations Tᵀ(T x − b) + μ(x − c) = 0 as well as the
///   report says, and to the tolerance where it says `converged`; the residual is computed afresh,
///   not taken from the solver;
/// - on the dual side (n ≤ p), x − c lies in the span of the rows of T: without damping, x is the
///   solution closest to c;
/// - ‖r‖ and the number of iterations in the report are those that happened;
/// - the same key gives the same bits, from the same workspace and from a fresh one, and for one, two
///   and three threads.
///
/// - Parameters:
///   - solver: The solver.
///   - system: A small system of full rank, or with damping.
///   - tolerance: What to ask for.
///   - center: Whether the right-hand sides have a center c.
///   - key: The source of the right-hand sides and of the solver's randomness.
/// - Complexity: Eight solves, and n products with Tᵀ where n ≤ p.
public func conformanceIssues<Scalar: RealScalar>(
  of solver: any LinearSolver, on system: DampedSystem<Scalar>,
  tolerance: ResidualTolerance<Scalar>, center: Bool = true,
  key: RandomKey = RandomKey(seed: 0, purpose: "conformance of a solver")
) -> [String] {
  var findings = ConformanceFindings()
  findings.attempt("solver \(solver.name)") { findings in
    try solver.validate()
    let check = try LinearSolverCheck(system: system, tolerance: tolerance)
    let sides = (0..<2).map { number in
      DampedRightHandSide<Scalar>(
        target: key.with(iteration: 2 * number).normalVector(system.rowCount),
        center: center ? key.with(iteration: 2 * number + 1).normalVector(system.columnCount) : nil)
    }
    let workspace = solver.makeWorkspace(for: Scalar.self)
    try workspace.prepare(system, key: key)
    let first = try check.solution(of: sides[0], with: workspace, &findings)
    _ = try check.solution(of: sides[1], with: workspace, &findings)
    let again = try check.solution(of: sides[0], with: workspace, &findings)
    findings.requireSameBits(again, first, "a second solve in the same workspace differs")

    let fresh = solver.makeWorkspace(for: Scalar.self)
    try fresh.prepare(system, key: key)
    findings.requireSameBits(
      try check.solution(of: sides[0], with: fresh, &findings), first,
      "the same key gives another solution in a fresh workspace")
    for count in 1...3 {
      let solution = try ThreadPool.withThreadCount(count) {
        let workspace = solver.makeWorkspace(for: Scalar.self)
        try workspace.prepare(system, key: key)
        return try check.solution(of: sides[0], with: workspace, &findings)
      }
      findings.requireSameBits(
        solution, first, "the solution has other bits with \(count) threads")
    }

    let zero = DampedRightHandSide<Scalar>(
      target: Scalar.zeros(system.rowCount))
    let none = try check.solution(of: zero, with: workspace, &findings)
    findings.require(none.allSatisfy { $0 == 0 }, "the solution for zero is not zero")
  }
  return findings.issues
}

private struct LinearSolverCheck<Scalar: RealScalar> {
  let system: DampedSystem<Scalar>
  let tolerance: ResidualTolerance<Scalar>

  /// ‖T‖.
  let operatorNorm: Scalar

  /// An orthonormal basis of the span of the rows of T, as rows, in the dual.
  let rowBasis: Matrix<Scalar>?

  init(system: DampedSystem<Scalar>, tolerance: ResidualTolerance<Scalar>) throws {
    self.system = system
    self.tolerance = tolerance
    let key = RandomKey(seed: 0, purpose: "power iteration")
    var vector: [Scalar] = key.normalVector(system.shortCount)
    var square = Scalar(0)
    for _ in 0..<30 {
      let length = norm(vector)
      let image = try filled(system.shortCount) {
        try system.applyNormal(vector.map { $0 / length }.span, into: &$0)
      }
      square = norm(image)
      vector = image
    }
    operatorNorm = square.squareRoot()
    guard system.isDual else {
      rowBasis = nil
      return
    }
    let rows = try (0..<system.rowCount).flatMap { row in
      try filled(system.columnCount) {
        try system.applyTransposed(unitVector(row, of: system.rowCount).span, into: &$0)
      }
    }
    let matrix = try Matrix(
      rowCount: system.rowCount, columnCount: system.columnCount, storage: rows)
    rowBasis = try OrthogonalFactorization(matrix).orthonormalFactor()
  }

  func solution(
    of side: DampedRightHandSide<Scalar>, with workspace: any LinearSolverWorkspace<Scalar>,
    _ findings: inout ConformanceFindings
  ) throws -> [Scalar] {
    let before = system.ledger.counts.innerIterations
    var solution = [Scalar](repeating: .nan, count: system.columnCount)
    var span = solution.mutableSpan
    let report = try workspace.solve(side, tolerance: tolerance, into: &span)
    findings.require(
      report.iterations == system.ledger.counts.innerIterations - before,
      "\(report.iterations) iterations reported, "
        + "\(system.ledger.counts.innerIterations - before) counted in the ledger")
    findings.require(
      solution.allSatisfy(\.isFinite), "NaN or infinity in the solution, or a part not written")
    guard solution.allSatisfy(\.isFinite) else { return solution }
    try judge(solution, report, side, &findings)
    return solution
  }

  private func judge(
    _ x: [Scalar], _ report: SolveReport, _ side: DampedRightHandSide<Scalar>,
    _ findings: inout ConformanceFindings
  ) throws {
    let short = try filled(system.shortCount) { try system.shortSide(of: side, into: &$0) }
    let shortNorm = norm(short)
    findings.require(
      abs(Scalar(report.rightHandSideNorm) - shortNorm) <= 1e-3 * shortNorm,
      "‖r‖ is \(shortNorm), the report says \(report.rightHandSideNorm)")

    let center = side.center ?? Scalar.zeros(x.count)
    let offset = combination(1, x, -1, center)
    let image = try filled(system.rowCount) { try system.apply(x.span, into: &$0) }
    let misfit = combination(1, image, -1, side.target)
    // ‖N z − r‖, or a lower bound of it: in the dual, T x − b + μz is out of reach without z, but
    // Tᵀ times it is Tᵀ(T x − b) + μ(x − c).
    let gradient = combination(
      1, try filled(system.columnCount) { try system.applyTransposed(misfit.span, into: &$0) },
      system.damping, offset)
    let residual =
      !system.isDual
      ? norm(gradient) : system.damping == 0 ? norm(misfit) : norm(gradient) / operatorNorm

    // What rounding in x alone makes of it.
    let size = operatorNorm * norm(x) + norm(side.target)
    let rounding =
      64 * Scalar(x.count + side.target.count).squareRoot() * Scalar.unitRoundoff
      * (system.isDual ? size : operatorNorm * size + system.damping * norm(center))
    if report.status == .converged {
      let threshold = tolerance.threshold(rightHandSideNorm: shortNorm)
      findings.require(
        residual <= 1.5 * threshold + rounding,
        "converged, but the residual is \(residual) where \(threshold) was asked for")
    }
    if let relative = report.relativeResidual {
      findings.require(
        residual <= 1.5 * Scalar(relative) * shortNorm + rounding,
        "the residual is \(residual), the report says \(relative) times \(shortNorm)")
    }
    if let rowBasis { requireOffset(offset, from: center, inSpanOf: rowBasis, &findings) }
  }

  private func requireOffset(
    _ offset: [Scalar], from center: [Scalar], inSpanOf basis: Matrix<Scalar>,
    _ findings: inout ConformanceFindings
  ) {
    let basis = DenseJacobian(basis)
    let coordinates = filled(basis.rowCount) { basis.apply(offset.span, into: &$0) }
    let projection = filled(basis.columnCount) {
      basis.applyTransposed(coordinates.span, into: &$0)
    }
    // Offsets come from Tᵀz, whose rounding ‖z‖ magnifies; a wrong component is of the size of x
    // itself. Where x is c but for a little, x − c is no more exact than c.
    let root = Scalar.unitRoundoff.squareRoot()
    findings.requireClose(
      projection, offset, scale: norm(offset) + 8 * root * norm(center), tolerance: root,
      "x − c is not in the span of the rows of T")
  }
}

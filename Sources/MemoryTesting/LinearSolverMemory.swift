import OptimKit
import OptimKitTesting

/// What is wrong with the memory that a linear solver takes, in words; empty where nothing was found, or where
/// allocations cannot be counted (`countsAllocations`).
///
/// Checks that
///
/// - once a workspace has prepared and solved, it allocates nothing of the size of the problem for the next
///   system of the same sizes: neither to prepare with a new key nor to solve. That is, fewer bytes in all than
///   a quarter of the smallest of the buffers that solvers need, k² or l scalars for the sides k ≤ l of the
///   system, and 40 kB for reports and for LAPACK's own blocks, whose size is fixed. What drawing the sketch allocates is taken off, since a sketch is a value of its own;
/// - the first preparation and solution together need no more memory at once than `storage` says, times 1.5,
///   and the bytes that count as nothing above.
///
/// Choose sizes with which those buffers take twice the 40 kB: k = 100 and l = 12 000 in double precision, say. A solver that keeps a preconditioner for the next system has nothing to
/// prepare there; check it with a way of reuse that does not (`PreconditionerReuse.never`).
///
/// - Parameters:
///   - solver: The solver.
///   - system: A system that the solver solves.
///   - tolerance: What to ask for.
///   - storage: The scalars that the solver's documentation states; nil where there is no statement to check.
///   - key: The source of the right-hand side and of the solver's randomness.
/// - Complexity: Three preparations and solutions.
public func memoryIssues<Scalar: RealScalar>(
  of solver: any LinearSolver, on system: DampedSystem<Scalar>,
  tolerance: ResidualTolerance<Scalar>, storage: Int? = nil,
  key: RandomKey = RandomKey(seed: 0, purpose: "memory of a solver")
) -> [String] {
  guard countsAllocations else { return [] }
  var findings = ConformanceFindings()
  findings.attempt("solver \(solver.name)") { findings in
    let check = LinearSolverMemoryCheck(
      solver: solver, system: system, tolerance: tolerance, key: key)
    let workspace = try check.coldStart(storage: storage, &findings)
    try check.nextSystem(with: workspace, &findings)
  }
  return findings.issues
}

private struct LinearSolverMemoryCheck<Scalar: RealScalar> {
  let solver: any LinearSolver
  let system: DampedSystem<Scalar>
  let tolerance: ResidualTolerance<Scalar>
  let key: RandomKey
  let side: DampedRightHandSide<Scalar>

  init(
    solver: any LinearSolver, system: DampedSystem<Scalar>, tolerance: ResidualTolerance<Scalar>,
    key: RandomKey
  ) {
    self.solver = solver
    self.system = system
    self.tolerance = tolerance
    self.key = key
    side = DampedRightHandSide(target: key.normalVector(system.rowCount))
  }

  private var scalarSize: Int { MemoryLayout<Scalar>.stride }

  /// A quarter of the smallest buffer of the size of the problem, and the 40 kB of reports and LAPACK's blocks
  /// of 64 columns, in bytes.
  private var bound: Int {
    min(system.shortCount * system.shortCount, system.longCount) * scalarSize / 4 + 40_000
  }

  /// The workspace of the first preparation and solution.
  func coldStart(
    storage: Int?, _ findings: inout ConformanceFindings
  ) throws -> any LinearSolverWorkspace<Scalar> {
    var solution = Scalar.zeros(system.columnCount)
    // A first time for all that is made once in a process or for a system.
    let first = solver.makeWorkspace(for: Scalar.self)
    try first.prepare(system, key: key)
    try solve(with: first, into: &solution)

    let workspace = solver.makeWorkspace(for: Scalar.self)
    var report: PreparationReport?
    let memory = try allocatedMemory {
      report = try workspace.prepare(system, key: key)
      try solve(with: workspace, into: &solution)
    }
    guard let storage, let memory, let report else { return workspace }
    let stated = storage * scalarSize
    let used = memory.peakByteCount - (try sketchMemory(report))
    findings.require(
      2 * used <= 3 * stated + 2 * bound,
      "\(used) bytes in use at once where the documentation states \(storage) scalars, "
        + "\(stated) bytes")
    return workspace
  }

  func nextSystem(
    with workspace: any LinearSolverWorkspace<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    var solution = Scalar.zeros(system.columnCount)
    var report: PreparationReport?
    let preparation = try allocatedMemory {
      report = try workspace.prepare(system, key: key.with(iteration: 1))
    }
    let solving = try allocatedMemory { try solve(with: workspace, into: &solution) }
    guard let preparation, let solving, let report else { return }
    let preparing = preparation.byteCount - (try sketchMemory(report))
    findings.require(
      preparing < bound,
      "a second preparation allocates \(preparing) bytes, the largest block "
        + "\(preparation.largestBlock); less than \(bound) is nothing of the size of the problem")
    findings.require(
      solving.byteCount < bound,
      "a solution with a warm workspace allocates \(solving.byteCount) bytes, the largest block "
        + "\(solving.largestBlock); less than \(bound) is nothing of the size of the problem")
  }

  private func solve(
    with workspace: any LinearSolverWorkspace<Scalar>, into solution: inout [Scalar]
  ) throws {
    var span = solution.mutableSpan
    _ = try workspace.solve(side, tolerance: tolerance, into: &span)
  }

  /// What drawing a sketch of the reported size allocates; 0 where there is none.
  private func sketchMemory(_ report: PreparationReport) throws -> Int {
    guard let sketcher = solver.sketcher, let rows = report.sketchSize else { return 0 }
    let memory = try allocatedMemory {
      _ = try system.makeSketch(from: sketcher, rows: rows, key: key)
    }
    return memory?.byteCount ?? 0
  }
}

import OptimKit
import OptimKitMemoryTesting
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Memory of linear solvers", .enabled(if: countsAllocations))
struct SolverMemoryTests {
  /// Solvers that keep a preconditioner for the next system, told not to.
  static let remaking: [any LinearSolver] = [
    SketchedCGSolver(SparseSignSketcher(), reuse: .never),
    SketchedCGSolver(SRHTSketcher(), reuse: .never),
    SketchedCGSolver(SparseSignSketcher(), reuse: .never, precision: .single),
    SketchedLSQRSolver(SparseSignSketcher(), reuse: .never),
    SketchedLSQRSolver(SRHTSketcher(), reuse: .never),
    PreconditionedCGSolver(DiagonalPreconditioning(), reuse: .never),
    PreconditionedCGSolver(BlockJacobiPreconditioning(blockSize: 16), reuse: .never),
    PreconditionedCGSolver(
      SketchPreconditioning(SparseSignSketcher(), factorization: .qr), reuse: .never),
  ]

  /// Their preconditioners find out their rank as they go, and take memory for it each time.
  static let growing: [any LinearSolver] = [
    PreconditionedCGSolver(NystromPreconditioning(), reuse: .never),
    PreconditionedCGSolver(PivotedCholeskyPreconditioning(), reuse: .never),
  ]

  @Test(
    "warm workspaces allocate nothing of the size of the problem, cold ones what the documentation states",
    arguments: [(12_000, 100), (100, 12_000)])
  func warmAndCold(shape: (rows: Int, columns: Int)) throws {
    let system: DampedSystem<Double> = try LinearSolverTests.system(
      shape, damping: 0.1, curvature: nil)
    for solver in LinearSolverTests.all + Self.remaking + Self.growing {
      let storage = try #require(
        try Self.storage(of: solver, short: 100, long: 12_000, isDual: system.isDual),
        "\(solver.name)")
      var issues = memoryIssues(
        of: solver, on: system, tolerance: .relative(1e-2), storage: storage)
      if Self.growing.contains(where: { $0.name == solver.name }) {
        issues.removeAll { $0.contains("a second preparation") }
      }
      #expect(issues == [], "\(solver.name) \(solver.sketcher?.name ?? "")")
    }
  }

  @Test("used workspaces give the same bits as fresh ones, whatever they were used for")
  func usedWorkspaces() throws {
    for shape in [(300, 12), (12, 300)] {
      let system: DampedSystem<Double> = try LinearSolverTests.system(
        shape, damping: 0.1, curvature: nil)
      let others = try [
        system.withDamping(0), LinearSolverTests.system((90, 40), damping: 0.5, curvature: nil),
        LinearSolverTests.system(shape, damping: 0.1, curvature: nil),
      ]
      let solvers = LinearSolverTests.direct + LinearSolverTests.productsOnly
      // The first three of the sketched, and sketched LSQR, keep their preconditioners.
      let sketched = LinearSolverTests.sketched.dropFirst(3).filter { $0.name != "sketched-lsqr" }
      for solver in solvers + sketched + Self.remaking + Self.growing {
        let fresh = try solve(system, with: solver.makeWorkspace(for: Double.self))
        for other in others {
          let used = solver.makeWorkspace(for: Double.self)
          _ = try solve(other, with: used, seed: 1)
          #expect(haveSameBits(try solve(system, with: used), fresh), "\(solver.name) \(shape)")
        }
      }
    }
    func solve(
      _ system: DampedSystem<Double>, with workspace: any LinearSolverWorkspace<Double>,
      seed: UInt64 = 0
    ) throws -> [Double] {
      try workspace.prepare(system, key: RandomKey(seed: seed, purpose: .sketch))
      let side = DampedRightHandSide<Double>(target: normalVector(system.rowCount, seed: 3))
      return try filled(system.columnCount) {
        _ = try workspace.solve(side, tolerance: .relative(1e-8), into: &$0)
      }
    }
  }

  @Test("the systems of one run share their memory")
  func systems() throws {
    let objective = try LinearProblem(rows: 12_000, columns: 100, ridge: 0.1).objective
    let counted = CountedObjective<Double>(objective)
    let linearization = try counted.linearize(at: [Double](repeating: 0, count: 100).span)
    let x = [Double](repeating: 1, count: 100)
    var y = x
    var normal = Matrix<Double>(rowCount: 100, columnCount: 100)
    func use() throws {
      let system = counted.system(at: linearization)
      var span = y.mutableSpan
      try system.applyNormal(x.span, into: &span)
      try system.formNormalMatrix(into: &normal)
    }
    try use()
    let memory = try #require(try allocatedMemory { try use() })
    #expect(memory.largestBlock < 12_000)
  }

  /// The scalars that the documentation of a solver states, with damping.
  static func storage(of solver: any LinearSolver, short k: Int, long: Int, isDual: Bool) throws
    -> Int?
  {
    let l = long + k
    let s = 4 * k
    let sketched = (s + k) * k + k * k + 6 * k
    let lsqr = isDual ? 5 * l + 5 * k : 3 * l + 7 * k
    let block = try solver.sketcher?.makeSketch(
      rows: s, columns: long, key: RandomKey(seed: 0, purpose: .sketch)
    ).blockRowCount
    return switch solver.name {
    // In single precision the factor of half the size is beside the matrix for a moment.
    case "exact": k * k * 3 / 2 + 6 * k + 16 * k * k
    // Exact here, after a look at a sample of 2 k rows and its Gram matrix.
    case "automatic": k * k + 3 * k * k + 6 * k + 16 * k * k
    case "qr": l * k + l + k
    case "spectral": 3 * k * k + 11 * k
    case "cg": 6 * k
    case "lsqr": lsqr
    case "lsmr": isDual ? 6 * l + 4 * k : 3 * l + 8 * k
    case "sketched" where (solver as? SketchedCGSolver<SparseSignSketcher>)?.precision == .single:
      (s + k) * k + ((s + k) * k + k * k) / 2 + 6 * k
    case "sketched", "sketch-cg", "heavy-ball", "chebyshev": sketched
    // 58 rows a column at this order, 40 (√k + 2)² / k.
    case "richardson": (58 * k + k) * k + k * k + 5 * k
    case "block-jacobi-lsqr": 16 * k + lsqr
    case "block-jacobi-lsmr": 16 * k + (isDual ? 6 * l + 5 * k : 3 * l + 9 * k)
    case "sketch-lsmr": (s + k) * k + k * k + (isDual ? 6 * l + 5 * k : 3 * l + 9 * k)
    case "sketched-lsqr": (s + k) * k + lsqr + 18 * s + 8 * (block ?? 0)
    case "diagonal-cg": 8 * k
    case "block-jacobi-cg": 16 * k + 6 * k
    // Of rank 16 and 32 here.
    case "nystrom-cg": 4 * k * 16 + 3 * 16 * 16 + 6 * k
    case "pivoted-cholesky-cg": 4 * k * 32 + 6 * k
    default: nil
    }
  }
}

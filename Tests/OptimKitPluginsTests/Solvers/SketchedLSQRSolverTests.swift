import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sketched LSQR")
struct SketchedLSQRSolverTests {
  static let solvers: [any LinearSolver] = [
    SketchedLSQRSolver(SparseSignSketcher()), SketchedLSQRSolver(SRHTSketcher()),
  ]

  @Test(
    "is backward stable at condition 10¹², like QR, where normal equations are not",
    arguments: [1e-12, 1e-6, 1e-3, 1], [0, 1] as [UInt64])
  func backwardStability(residual: Double, seed: UInt64) throws {
    let problem = try StabilityCase(
      rows: 1000, columns: 30, conditionNumber: 1e12, residual: residual, seed: seed)
    // What conditioning makes of a roundoff (Wedin 1973), for ‖A‖ = ‖x‖ = 1.
    let attainable = Double.unitRoundoff * (1e12 + 1e24 * residual)
    for solver in Self.solvers + [QRSolver()] {
      let (x, report) = try problem.solution(of: solver)
      #expect(try problem.backwardError(x) < 1e-15, "\(solver.name): \(report)")
      #expect(problem.forwardError(x) < attainable, "\(solver.name): \(report)")
      #expect(report.iterations <= 200)
    }
    // Normal equations: refused by Cholesky, and unstable with conjugate gradients on a good preconditioner.
    let error = #expect(throws: OptimKitError.self) { try problem.solution(of: CholeskySolver()) }
    #expect(error?.kind == .singularSystem)
    if residual < 0.1 {
      let x = try problem.solution(of: SketchedCGSolver(SparseSignSketcher())).x
      #expect(try problem.backwardError(x) > 5e-15)
    }
  }

  @Test("takes as many iterations at condition 10² as at 10¹⁰, primal and dual")
  func iterationsIndependentOfConditioning() throws {
    for solver in Self.solvers {
      var counts: (primal: [Int], dual: [Int]) = ([], [])
      for conditionNumber in [1e2, 1e4, 1e6, 1e8, 1e10] {
        let problem = try StabilityCase(
          rows: 4000, columns: 50, conditionNumber: conditionNumber, residual: 1e-6)
        let report = try problem.solution(of: solver, 1e-10).report
        #expect(report.status == .converged, "\(report)")
        counts.primal.append(report.iterations)

        let wide = DenseJacobian(problem.matrix.transposed())
        let target = try wide.product(normalVector(4000, seed: 3))
        let dual = try solve(DampedSystem(jacobian: wide), target, with: solver, 1e-10).report
        #expect(dual.status == .converged, "\(dual)")
        counts.dual.append(dual.iterations)
      }
      for counts in [counts.primal, counts.dual] {
        #expect(Double(counts.max()!) <= 1.3 * Double(counts.min()!), "\(counts)")
      }
      // The start by sketch and solve has done half of the work where the residual is small.
      #expect(counts.primal.max()! <= 18 && counts.dual.max()! <= 32, "\(counts)")
    }
  }

  @Test("finds minimum-norm solutions to u κ, where Cholesky leaves u κ²")
  func minimumNorm() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 2000, columns: 30, conditionNumber: 1e7)
    let wide = DenseJacobian(tall.transposed())
    let basis = DenseJacobian(try OrthogonalFactorization(tall).orthonormalFactor())
    let exact = try basis.product(normalVector(30, seed: 8))
    let target = try wide.product(exact)
    func error(of solver: any LinearSolver, tolerance: Double = 0) throws -> Double {
      let x = try solve(DampedSystem(jacobian: wide), target, with: solver, tolerance).x
      return distance(x, exact) / norm(exact)
    }
    for solver in Self.solvers + [QRSolver(), LSQRSolver(maximumIterations: 2000)] {
      #expect(try error(of: solver) < 1e-8, "\(solver.name)")
    }
    // A direct solve alone, without refinement.
    #expect(try error(of: CholeskySolver(), tolerance: 1) > 1e-6)
  }

  @Test("damping and center are exact at any strength, primal and dual")
  func damping() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 400, columns: 20, conditionNumber: 1e5)
    for matrix in [tall, tall.transposed()] {
      let side = DampedRightHandSide<Double>(
        target: normalVector(matrix.rowCount, seed: 1),
        center: normalVector(matrix.columnCount, seed: 2))
      for damping in [1e-8, 1e-2, 1, 1e6] {
        let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
        let reference = try solve(system, side, with: QRSolver(), 0).x
        for solver in Self.solvers {
          let (x, report) = try solve(system, side, with: solver, 1e-13)
          #expect(distance(x, reference) < 1e-9 * norm(reference), "\(damping): \(report)")
          #expect(report.iterations <= 60)
        }
      }
    }
  }

  @Test("survives a trip through JSON, and refuses senseless options")
  func options() throws {
    let solver = SketchedLSQRSolver(SparseSignSketcher(), oversampling: 6, maximumIterations: 77)
    #expect(try roundTrip(solver) == solver)
    #expect(throws: OptimKitError.self) {
      try SketchedLSQRSolver(SRHTSketcher(), oversampling: 1).validate()
    }
    #expect(throws: OptimKitError.self) {
      try SketchedLSQRSolver(SRHTSketcher(), maximumIterations: 0).validate()
    }
  }
}

/// Prepares and solves once.
func solve(
  _ system: DampedSystem<Double>, _ rightHandSide: DampedRightHandSide<Double>,
  with solver: any LinearSolver, _ tolerance: Double
) throws -> (x: [Double], report: SolveReport) {
  let workspace = solver.makeWorkspace(for: Double.self)
  try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
  var report: SolveReport?
  let x = try filled(system.columnCount) {
    report = try workspace.solve(rightHandSide, tolerance: .relative(tolerance), into: &$0)
  }
  return (x, try #require(report))
}

/// Prepares and solves once for a target.
func solve(
  _ system: DampedSystem<Double>, _ target: [Double], with solver: any LinearSolver,
  _ tolerance: Double
) throws -> (x: [Double], report: SolveReport) {
  try solve(system, DampedRightHandSide(target: target), with: solver, tolerance)
}

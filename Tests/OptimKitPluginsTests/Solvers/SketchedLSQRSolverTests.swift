import OptimKit
import OptimKitModels
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
    // Measured: at most 1.2e-15 and 2.1e-16 with OpenBLAS's kernels for AVX-512, 7.4e-16 and 8.7e-17 with those for
    // AVX2; 1.3e-12 for conjugate gradients.
    for (solver, bound) in Self.solvers.map({ ($0, 2e-15) }) + [(QRSolver(), 5e-16)] {
      let (x, report) = try problem.solution(of: solver)
      #expect(try problem.backwardError(x) < bound, "\(solver.name): \(report)")
      #expect(problem.forwardError(x) < attainable, "\(solver.name): \(report)")
      #expect(report.iterations <= 200)
    }
    // Normal equations: refused by Cholesky, and unstable with conjugate gradients on a good preconditioner.
    let error = #expect(throws: OptimKitError.self) { try problem.solution(of: CholeskySolver()) }
    #expect(error?.kind == .singularSystem)
    if residual < 0.1 {
      let x = try problem.solution(of: SketchedCGSolver(SparseSignSketcher())).x
      #expect(try problem.backwardError(x) > 2e-15)
    }
  }

  @Test(
    "takes as many iterations at condition 10² as at 10¹⁰, primal, for small and large residuals",
    arguments: [(1e-6, atMost: 18), (1e-2, atMost: 30), (1, atMost: 36)])
  func iterationsIndependentOfConditioning(accuracy: (residual: Double, atMost: Int)) throws {
    let problems = try [1e2, 1e4, 1e6, 1e8, 1e10].map {
      try StabilityCase(rows: 2000, columns: 50, conditionNumber: $0, residual: accuracy.residual)
    }
    for solver in Self.solvers {
      let counts = try problems.map { problem in
        let (x, report) = try problem.solution(of: solver, 1e-10)
        #expect(report.status == .converged, "\(report)")
        let fresh = try LinearSolverTests.relativeResidual(
          of: x, problem.system, DampedRightHandSide(target: problem.target))
        #expect(fresh <= 1.01e-10)
        return report.iterations
      }
      #expect(Double(counts.max()!) <= 1.3 * Double(counts.min()!), "\(counts)")
      // The start by sketch and solve has done half of the work where the residual is small.
      #expect(counts.max()! <= accuracy.atMost, "\(counts)")
    }
  }

  @Test("takes as many iterations at condition 10² as at 10¹⁰, dual")
  func dualIterationsIndependentOfConditioning() throws {
    for solver in Self.solvers {
      let counts = try [1e2, 1e4, 1e6, 1e8, 1e10].map { conditionNumber in
        let tall: Matrix<Double> = try tallMatrix(
          rows: 2000, columns: 50, conditionNumber: conditionNumber)
        let wide = DenseJacobian(tall.transposed())
        let target = try wide.product(normalVector(2000, seed: 3))
        let report = try solve(DampedSystem(jacobian: wide), target, with: solver, 1e-10).report
        #expect(report.status == .converged, "\(report)")
        return report.iterations
      }
      #expect(Double(counts.max()!) <= 1.3 * Double(counts.min()!), "\(counts)")
      #expect(counts.max()! <= 34, "\(counts)")
    }
  }

  @Test("draws a larger sketch where the first is singular, and says so")
  func largerSketch() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 10, conditionNumber: 10)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let workspace = SketchedLSQRSolver(RankDeficientSketcher(below: 80))
      .makeWorkspace(for: Double.self)
    let report = try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    #expect(report.sketchSize == 80 && report.factorization == "QR")
    #expect(report.fallbacks == ["the sketch of 40 rows is singular: drew one of twice as many"])
  }

  @Test(
    "goes on without a preconditioner where every sketch is singular, to the solution of minimum norm",
    arguments: [false, true])
  func singular(isDual: Bool) throws {
    let problem = try SingularCase(rows: 300, columns: 10, isDual: isDual)
    let solver = SketchedLSQRSolver(SparseSignSketcher())
    let workspace = solver.makeWorkspace(for: Double.self)
    let key = RandomKey(seed: 0, purpose: .sketch)
    let report = try workspace.prepare(problem.system, key: key)
    #expect(report.sketchSize == nil && report.fallbacks.count == 2, "\(report.fallbacks)")
    #expect(report.fallbacks.last?.contains("without a preconditioner") == true)
    let (x, solved) = try solve(problem.system, problem.target, with: solver, 1e-13)
    #expect(solved.status == .converged)
    #expect(distance(x, problem.solution) < 1e-9 * norm(problem.solution))

    // A regular system in the same workspace is sketched again.
    let regular: Matrix<Double> = try tallMatrix(rows: 300, columns: 10, conditionNumber: 10)
    let next = try workspace.prepare(
      DampedSystem(jacobian: DenseJacobian(isDual ? regular.transposed() : regular)), key: key)
    #expect(next.sketchSize == 40 && next.fallbacks == [])
  }

  @Test("starts from the sketched problem's solution only where that is better than zero")
  func orthogonalTarget() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 500, columns: 10, conditionNumber: 10)
    let basis = DenseJacobian(try OrthogonalFactorization(matrix).orthonormalFactor())
    let random: [Double] = normalVector(500, seed: 3)
    let inside = try basis.product(try basis.transposedProduct(random))
    // One part in 10⁸ in the span of the columns.
    let target = combination(1, combination(1, random, -1, inside), 1e-8, inside)
    let (_, report) = try solve(
      DampedSystem(jacobian: DenseJacobian(matrix)), target, with: Self.solvers[0], 1e-2)
    #expect(report.status == .converged && report.iterations <= 12, "\(report)")
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
    let solver = SketchedLSQRSolver(
      SparseSignSketcher(), oversampling: 6, maximumIterations: 77, reuse: .never)
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

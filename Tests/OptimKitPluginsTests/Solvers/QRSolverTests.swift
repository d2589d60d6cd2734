import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("QR solver")
struct QRSolverTests {
  @Test("is backward stable where Cholesky fails", arguments: [1e10, 1e12, 1e14])
  func backwardStability(conditionNumber: Double) throws {
    let problem = try StabilityCase(
      rows: 500, columns: 25, conditionNumber: conditionNumber, residual: 1e-8)
    let x = try problem.solution(of: QRSolver()).x
    #expect(try problem.backwardError(x) < 1e-15)
    #expect(throws: OptimKitError.self) {
      try problem.solution(of: CholeskySolver())
    }
  }

  @Test("gives what Cholesky gives on well-conditioned systems, damped or not, with a center")
  func agreement() throws {
    for (rows, columns) in [(60, 8), (8, 60), (9, 9), (1, 5), (5, 1), (1, 1)] {
      let tall: Matrix<Double> = try tallMatrix(
        rows: max(rows, columns), columns: min(rows, columns), conditionNumber: 10)
      let jacobian = DenseJacobian(rows >= columns ? tall : tall.transposed())
      let side = DampedRightHandSide<Double>(
        target: normalVector(rows, seed: 1), center: normalVector(columns, seed: 2))
      let curvature = (0..<rows).map { 1 + Double($0 % 3) }
      for damping in [0, 1e-3, 1, 1e4] {
        let system = DampedSystem(
          jacobian: jacobian, curvatureFactor: curvature, damping: damping)
        let x = try solve(system, side, with: QRSolver(), 0).x
        let reference = try solve(system, side, with: CholeskySolver(), 0).x
        #expect(distance(x, reference) < 1e-12 * (norm(reference) + 1), "\(rows) × \(columns)")
      }
    }
  }

  @Test("solves for several right-hand sides from one factorization")
  func severalRightHandSides() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 400, columns: 20, conditionNumber: 10)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let sides = (1...3).map {
      DampedRightHandSide<Double>(target: normalVector(400, seed: UInt64($0)))
    }
    for solver in LinearSolverTests.all {
      let workspace = solver.makeWorkspace(for: Double.self)
      try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
      let before = system.ledger.counts.factorizations
      var solutions = Matrix<Double>(rowCount: 3, columnCount: 20)
      let reports = try workspace.solve(sides, tolerance: .relative(1e-10), into: &solutions)
      #expect(reports.count == 3 && reports.allSatisfy { $0.status == .converged })
      #expect(system.ledger.counts.factorizations == before)
      for (i, side) in sides.enumerated() {
        let reference = try solve(system, side, with: QRSolver(), 0).x
        #expect(distance(Array(solutions.row(i)), reference) < 1e-8, "\(solver.name)")
      }
    }
  }

  @Test(
    "gives singular systems their solution of minimum norm, by pivoting, and says so",
    arguments: [(300, 10), (40, 39), (20, 20)], [false, true])
  func singular(shape: (rows: Int, columns: Int), isDual: Bool) throws {
    let problem = try SingularCase(rows: shape.rows, columns: shape.columns, isDual: isDual)
    let workspace = QRSolver().makeWorkspace(for: Double.self)
    let report = try workspace.prepare(
      problem.system, key: RandomKey(seed: 0, purpose: .sketch))
    #expect(report.factorization == "QR with column pivoting")
    #expect(
      report.fallbacks.first?.contains("rank \(shape.columns - 1) of \(shape.columns)") == true)
    let (x, solved) = try solve(problem.system, problem.target, with: QRSolver(), 0)
    // Square systems are solved as duals, with a random target out of their reach.
    #expect(solved.status == .converged || shape.rows == shape.columns && !isDual)
    #expect(distance(x, problem.solution) < 1e-12 * norm(problem.solution))
  }

  @Test("finds the rank, and the solution of minimum norm, of any matrix", arguments: 0...6)
  func rank(rank: Int) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let left: Matrix<Scalar> = try tallMatrix(rows: 50, columns: 6, conditionNumber: 10)
      let right: Matrix<Scalar> = try tallMatrix(rows: 6, columns: 6, conditionNumber: 10, seed: 1)
      var product = Matrix<Scalar>(rowCount: 50, columnCount: 6)
      for i in 0..<50 {
        for j in 0..<6 { for t in 0..<rank { product[i, j] += left[i, t] * right[t, j] } }
      }
      var factorization = try CompleteOrthogonalFactorization(transposed: product.transposed())
      #expect(factorization.rank == rank)
      // The four conditions of Penrose, for the matrix of the pseudoinverse.
      let a = DenseJacobian(product)
      let tolerance = 500 * Scalar.unitRoundoff
      let b: [Scalar] = normalVector(50, seed: 1)
      func pseudoinverse(_ b: [Scalar]) -> [Scalar] {
        var b = b
        var span = b.mutableSpan
        return filled(6) { factorization.solve(&span, into: &$0) }
      }
      func transposed(_ r: [Scalar]) -> [Scalar] {
        filled(50) { factorization.solveTransposed(r.span, into: &$0) }
      }
      let x = pseudoinverse(b)
      let fitted = try a.product(x)
      #expect(distance(pseudoinverse(fitted), x) <= tolerance * 100 * (norm(x) + 1))
      #expect(distance(transposed(try a.transposedProduct(b)), fitted) <= tolerance * 100)
      let r: [Scalar] = normalVector(6, seed: 2)
      let w = transposed(r)
      let reached = try a.transposedProduct(w)
      #expect(distance(transposed(reached), w) <= tolerance * 100 * (norm(w) + 1))
      #expect(distance(pseudoinverse(try a.product(r)), reached) <= tolerance * 100)
    }
  }

  @Test("tells where the right-hand side of a singular dual is out of reach")
  func outOfReach() throws {
    let problem = try SingularCase(rows: 60, columns: 6, isDual: true)
    let (_, report) = try solve(problem.system, [1, 0, 0, 0, 0, -1], with: QRSolver(), 1e-10)
    #expect(report.status == .stagnated && report.notes.count == 1)
    #expect(abs(try #require(report.relativeResidual) - 1) < 1e-12)
  }

  @Test("takes a singular system and a regular one in turn")
  func recovery() throws {
    let workspace = QRSolver().makeWorkspace(for: Double.self)
    let zero = Matrix<Double>(rowCount: 4, columnCount: 2)
    let key = RandomKey(seed: 0, purpose: .sketch)
    for matrix in [zero, .identity(4), zero, .identity(4)] {
      try workspace.prepare(DampedSystem(jacobian: DenseJacobian(matrix)), key: key)
      let x = try filled(matrix.columnCount) {
        _ = try workspace.solve(
          DampedRightHandSide(target: [1, 2, 3, 4]), tolerance: .relative(0), into: &$0)
      }
      #expect(distance(x, matrix.columnCount == 2 ? [0, 0] : [1, 2, 3, 4]) < 1e-14)
    }
  }
}

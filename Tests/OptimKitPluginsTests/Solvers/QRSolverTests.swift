import OptimKit
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

  @Test("recovers after a system that it refused")
  func recovery() throws {
    let workspace = QRSolver().makeWorkspace(for: Double.self)
    let singular = Matrix<Double>(rowCount: 4, columnCount: 2)
    let key = RandomKey(seed: 0, purpose: .sketch)
    #expect(throws: OptimKitError.self) {
      try workspace.prepare(DampedSystem(jacobian: DenseJacobian(singular)), key: key)
    }
    let system = DampedSystem(
      jacobian: DenseJacobian(Matrix<Double>.identity(4)), damping: 0)
    try workspace.prepare(system, key: key)
    let x = try filled(4) {
      _ = try workspace.solve(
        DampedRightHandSide(target: [1, 2, 3, 4]), tolerance: .relative(0), into: &$0)
    }
    #expect(distance(x, [1, 2, 3, 4]) < 1e-14)
  }
}

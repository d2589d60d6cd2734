import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Spectral solver")
struct SpectralSolverTests {
  @Test("one decomposition gives what Cholesky gives for every damping, primal and dual")
  func everyDamping() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 200, columns: 15, conditionNumber: 1e3)
    for matrix in [tall, tall.transposed()] {
      let jacobian = DenseJacobian(matrix)
      let curvature = (0..<matrix.rowCount).map { 1 + Double($0 % 3) }
      let side = DampedRightHandSide<Double>(
        target: normalVector(matrix.rowCount, seed: 1),
        center: normalVector(matrix.columnCount, seed: 2))
      let workspace = SpectralSolver().makeSpectralWorkspace(for: Double.self)
      // The damping of the preparation is large, and of no consequence for small ones.
      let prepared = DampedSystem(
        jacobian: jacobian, curvatureFactor: curvature, damping: 1e8)
      _ = try workspace.prepare(prepared, key: RandomKey(seed: 0, purpose: .sketch))
      for damping in [0, 1e-9, 1e-4, 1, 1e3, 1e10] {
        var report: SolveReport?
        let x = try filled(matrix.columnCount) {
          report = try workspace.solve(side, damping: damping, into: &$0)
        }
        #expect(report?.status == .converged && report?.notes == [])
        let reference = try solve(
          prepared.withDamping(damping), side, with: CholeskySolver(), 0
        ).x
        #expect(distance(x, reference) < 1e-8 * norm(reference), "damping \(damping)")
      }
      #expect(prepared.ledger.counts.gramMatrices == 1 + 6)
      #expect(workspace.eigenvalues.count == 15)
    }
  }

  @Test("leaves the null space out, and says so")
  func rankDeficient() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 80, columns: 6, conditionNumber: 10)
    for i in 0..<80 { matrix[i, 5] = matrix[i, 0] }
    let target: [Double] = normalVector(80, seed: 2)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let (x, report) = try solve(system, target, with: SpectralSolver(), 1e-10)
    #expect(report.status == .converged)
    #expect(report.notes.count == 1 && report.notes[0].hasPrefix("1 of 6"), "\(report.notes)")
    let reference = try solve(system, target, with: LSQRSolver(), 1e-13).x
    #expect(distance(x, reference) < 1e-9)

    // The dual, with a right-hand side out of reach: what is left is told.
    let wide = DampedSystem(jacobian: DenseJacobian(matrix.transposed()))
    let (_, unreachable) = try solve(wide, [1, 0, 0, 0, 0, -1], with: SpectralSolver(), 1e-10)
    #expect(unreachable.status == .stagnated)
    #expect(abs(try #require(unreachable.relativeResidual) - 1) < 1e-8)
  }

  @Test("the cutoff is an option")
  func cutoff() throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 50, columns: 10, conditionNumber: 1e3, spectrum: .clustered)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let target: [Double] = normalVector(50, seed: 2)
    let (_, all) = try solve(system, target, with: SpectralSolver(), 1e-10)
    #expect(all.notes == [])
    let (_, half) = try solve(system, target, with: SpectralSolver(relativeCutoff: 1e-4), 1e-10)
    #expect(half.notes.first?.hasPrefix("5 of 10") == true, "\(half.notes)")
    for cutoff in [-1, 1, .nan] {
      #expect(throws: OptimKitError.self) {
        try SpectralSolver(relativeCutoff: cutoff).validate()
      }
    }
    let solver = SpectralSolver(relativeCutoff: 1e-6)
    #expect(try roundTrip(solver) == solver)
    #expect(throws: Never.self) { try SpectralSolver().validate() }
  }

  @Test("refuses a damping that is not a number from zero on")
  func badDamping() throws {
    let workspace = SpectralSolver().makeSpectralWorkspace(for: Double.self)
    let system = DampedSystem(jacobian: DenseJacobian(Matrix<Double>.identity(3)))
    _ = try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    for damping in [-1, .nan, .infinity] {
      #expect(throws: OptimKitError.self) {
        _ = try filled(3) {
          _ = try workspace.solve(
            DampedRightHandSide(target: [1, 2, 3]), damping: damping, into: &$0)
        }
      }
    }
  }
}

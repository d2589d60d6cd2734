import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Cholesky solver")
struct CholeskySolverTests {
  private let key = RandomKey(seed: 2, purpose: .sketch)

  @Test("a factor in single precision serves solves to double precision")
  func singlePrecision() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 40, conditionNumber: 30)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    for (solver, digits) in [
      (CholeskySolver(precision: .single) as any LinearSolver, 1e-13),
      (PreconditionedCGSolver(.cholesky(precision: .single)), 1e-13),
    ] {
      let report = try LinearSolverTests.solve(system, with: solver, digits)
      #expect(report.status == .converged)
      #expect(report.relativeResidual! <= digits)
      // Each iteration gains about -log10(κ(N) · 6e-8) = 4 digits.
      #expect((2...6).contains(report.iterations))
    }
  }

  @Test("what is singular in single precision alone is factored in double, and the report tells")
  func singlePrecisionFallback() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 40, conditionNumber: 1e6)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let workspace = CholeskySolver(precision: .single).makeWorkspace(for: Double.self)
    let report = try workspace.prepare(system, key: key)
    #expect(report.fallbacks.count == 1)
    #expect(report.factorization == "Cholesky")
  }

  @Test("elements beyond the range of Float are factored in single precision all the same")
  func singlePrecisionRange() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 100, columns: 10, conditionNumber: 10)
    matrix.withMutableElements { Double.scale(&$0, by: 1e30) }
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let report = try LinearSolverTests.solve(
      system, with: CholeskySolver(precision: .single), 1e-12)
    #expect(report.status == .converged)
  }

  @Test("a residual that a direct solve cannot vouch for is measured and refined")
  func refinement() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 40, conditionNumber: 1e6)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let loose = try LinearSolverTests.solve(system, with: CholeskySolver(), 1e-1)
    #expect(loose.iterations == 0 && loose.relativeResidual == nil)
    let tight = try LinearSolverTests.solve(system, with: CholeskySolver(), 1e-12)
    #expect(tight.iterations >= 1)
    #expect(tight.status == .converged)
    #expect(tight.relativeResidual! <= 1e-12)
  }

  @Test("a dear factor is kept for the next system, and replaced when that has moved away")
  func reuse() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 1200, columns: 900, conditionNumber: 20)
    let noise: Matrix<Double> = RandomKey(seed: 4, purpose: "noise").normalMatrix(1200, 900)
    func system(_ strength: Double) -> DampedSystem<Double> {
      var moved = matrix
      moved.withMutableElements { Double.add(strength, noise.storage.span, to: &$0) }
      return DampedSystem(jacobian: DenseJacobian(moved))
    }
    let workspace = CholeskySolver(reuse: .adaptive).makeWorkspace(for: Double.self)
    let target: [Double] = normalVector(1200, seed: 5)
    func solve(_ system: DampedSystem<Double>) throws -> (PreparationReport, SolveReport, Double) {
      let preparation = try workspace.prepare(system, key: key)
      var x = Double.zeros(900)
      var span = x.mutableSpan
      let rightHandSide = DampedRightHandSide(target: target)
      let report = try workspace.solve(rightHandSide, tolerance: .relative(1e-6), into: &span)
      let residual = try LinearSolverTests.relativeResidual(of: x, system, rightHandSide)
      return (preparation, report, residual)
    }
    let first = try solve(system(0))
    #expect(first.0.decision == "fresh")
    let near = try solve(system(1e-5))
    #expect(near.0.decision?.hasPrefix("kept") == true)
    #expect(near.1.iterations > 0 && near.1.iterations < 10)
    #expect(near.2 <= 1.001e-6)
    let far = try solve(system(1))
    #expect(far.1.status == .converged)
    #expect(far.2 <= 1.001e-6)
    #expect(far.1.notes.contains { $0.contains("a new one was made") })
  }
}

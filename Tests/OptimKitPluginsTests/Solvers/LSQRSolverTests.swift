import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("LSQR and LSMR")
struct LSQRSolverTests {
  static let solvers: [any LinearSolver] = [LSQRSolver(), LSMRSolver()]

  @Test(
    "take one iteration for each distinct singular value",
    arguments: [(Spectrum.flat, 1), (.clustered, 2)], [0, 0.1])
  func finiteTermination(spectrum: (Spectrum, values: Int), damping: Double) throws {
    let tall: Matrix<Double> = try tallMatrix(
      rows: 300, columns: 20, conditionNumber: 100, spectrum: spectrum.0)
    for matrix in [tall, tall.transposed()] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
      for solver in Self.solvers {
        let report = try LinearSolverTests.solve(system, with: solver, 1e-10)
        #expect(report.status == .converged)
        #expect(report.iterations == spectrum.values, "\(solver.name) \(matrix.rowCount)")
      }
    }
  }

  @Test("the residual each minimises falls from iteration to iteration")
  func monotone() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 300, columns: 40, conditionNumber: 300)
    func residuals(_ matrix: Matrix<Double>, _ make: (Int) -> any LinearSolver) throws -> [Double] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix))
      let target = try DenseJacobian(matrix).product(normalVector(matrix.columnCount, seed: 5))
      return try (4...40).map {
        try #require(
          try solve(system, target, with: make($0), 1e-14).report.relativeResidual)
      }
    }
    // LSQR minimises ‖b − T x‖, what the dual reports; LSMR ‖Tᵀ(b − T x)‖, what the primal reports.
    let lsqr = try residuals(tall.transposed()) { LSQRSolver(maximumIterations: $0) }
    let lsmr = try residuals(tall) { LSMRSolver(maximumIterations: $0) }
    for values in [lsqr, lsmr] {
      for (earlier, later) in zip(values, values.dropFirst()) {
        #expect(later <= earlier * (1 + 1e-10))
      }
    }
    let other = try residuals(tall) { LSQRSolver(maximumIterations: $0) }
    for (smallest, value) in zip(lsmr, other) { #expect(smallest <= value * (1 + 1e-8)) }
  }

  @Test("solve rank-deficient systems by the solution of minimum norm")
  func rankDeficient() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 80, columns: 6, conditionNumber: 10)
    for i in 0..<80 { matrix[i, 5] = matrix[i, 0] }
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let distinct = try Matrix(
      rowCount: 80, columnCount: 5, storage: (0..<80).flatMap { matrix.row($0).prefix(5) })
    let target: [Double] = normalVector(80, seed: 2)
    let reference = try solve(
      DampedSystem(jacobian: DenseJacobian(distinct)), target, with: QRSolver(), 0
    ).x
    for solver in Self.solvers {
      let (x, report) = try solve(system, target, with: solver, 1e-12)
      #expect(report.status == .converged)
      #expect(abs(x[0] - x[5]) < 1e-9)
      #expect(abs(x[0] + x[5] - reference[0]) < 1e-9)
      #expect(distance(Array(x[1..<5]), Array(reference[1..<5])) < 1e-9)
    }
  }

  @Test("keep the digits that normal equations lose")
  func accuracy() throws {
    let problem = try StabilityCase(rows: 400, columns: 12, conditionNumber: 1e6, residual: 1e-6)
    for solver in [LSQRSolver(maximumIterations: 3000), LSMRSolver(maximumIterations: 3000)]
      as [any LinearSolver]
    {
      let (x, report) = try problem.solution(of: solver)
      #expect(problem.forwardError(x) < 1e-7, "\(solver.name): \(report)")
    }
    let x = try problem.solution(of: CholeskySolver()).x
    #expect(problem.forwardError(x) > 1e-6)
  }

  @Test("survive a trip through JSON, and refuse a limit of no iterations")
  func options() throws {
    #expect(try roundTrip(LSQRSolver(maximumIterations: 7)) == LSQRSolver(maximumIterations: 7))
    #expect(try roundTrip(LSMRSolver(maximumIterations: 7)) == LSMRSolver(maximumIterations: 7))
    #expect(throws: OptimKitError.self) { try LSQRSolver(maximumIterations: 0).validate() }
    #expect(throws: OptimKitError.self) { try LSMRSolver(maximumIterations: 0).validate() }
  }
}

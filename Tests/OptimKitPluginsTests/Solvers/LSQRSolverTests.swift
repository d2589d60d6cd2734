import Foundation
import OptimKit
import OptimKitModels
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
    #expect(problem.forwardError(x) > 2e-7)
  }

  @Test("end where rounding lets them go no further, long before the iteration limit")
  func stagnation() throws {
    for conditionNumber in [1e6, 1e8] {
      let problem = try StabilityCase(
        rows: 200, columns: 12, conditionNumber: conditionNumber, residual: 1e-2)
      for make in [{ LSQRSolver(maximumIterations: $0) }, { LSMRSolver(maximumIterations: $0) }]
        as [(Int) -> any LinearSolver]
      {
        let (x, report) = try problem.solution(of: make(50_000))
        #expect(report.status != .iterationLimit && report.iterations < 5000, "\(report)")
        #expect(problem.forwardError(x) < 1e-15 * conditionNumber * conditionNumber)
      }
    }
  }

  @Test("do not take a long rise of the residual for its end")
  func patience() throws {
    let problem = try StabilityCase(rows: 300, columns: 50, conditionNumber: 1e6, residual: 1e-2)
    for solver: any LinearSolver in [
      LSQRSolver(maximumIterations: 20_000), LSMRSolver(maximumIterations: 20_000),
    ] {
      let report = try problem.solution(of: solver, 1e-10).report
      #expect(report.status == .converged && report.iterations < 5000, "\(report)")
    }
  }

  @Test(
    "with a preconditioner take as many iterations as its condition number says, primal and dual",
    arguments: [0, 1e-3])
  func preconditioned(damping: Double) throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 600, columns: 40, conditionNumber: 1e5)
    // Columns of lengths between 1 and 10⁶ besides.
    var scaled: Matrix<Double> = try tallMatrix(rows: 600, columns: 40, conditionNumber: 3)
    for i in 0..<600 { for j in 0..<40 { scaled[i, j] *= exp(Double(j % 8) * 2) } }
    func check(
      _ matrix: Matrix<Double>, _ strategy: some PreconditionerStrategy, atMost: Int
    ) throws {
      for matrix in [matrix, matrix.transposed()] {
        let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
        let side = DampedRightHandSide<Double>(
          target: normalVector(matrix.rowCount, seed: 1),
          center: damping > 0 ? normalVector(matrix.columnCount, seed: 2) : nil)
        let reference = try solve(system, side, with: QRSolver(), 0).x
        for solver: any LinearSolver in [
          LSQRSolver(preconditioning: strategy), LSMRSolver(preconditioning: strategy),
        ] {
          let (x, report) = try solve(system, side, with: solver, 1e-10)
          let name = "\(solver.name), \(system.isDual ? "dual" : "primal"): \(report)"
          #expect(report.status == .converged && report.iterations <= atMost, "\(name)")
          #expect(distance(x, reference) < 1e-6 * norm(reference), "\(name)")
        }
      }
    }
    try check(tall, SketchPreconditioning(SparseSignSketcher()), atMost: 40)
    try check(tall, SketchPreconditioning(SRHTSketcher(), factorization: .qr), atMost: 40)
    try check(scaled, DiagonalPreconditioning(), atMost: 60)
  }

  @Test("LSMR's norms with a preconditioner are those that a fresh computation finds")
  func preconditionedNorms() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 300, columns: 30, conditionNumber: 100)
    for matrix in [tall, tall.transposed()] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: 0)
      let target: [Double] = normalVector(matrix.rowCount, seed: 1)
      // Were the norms of the recurrence too large or too small, runs would end late or start again.
      for tolerance in [1e-2, 1e-4, 1e-6, 1e-8, 1e-10] {
        let strategy = SketchPreconditioning(SparseSignSketcher())
        let (_, lsmr) = try solve(
          system, target, with: LSMRSolver(preconditioning: strategy), tolerance)
        let (_, lsqr) = try solve(
          system, target, with: LSQRSolver(preconditioning: strategy), tolerance)
        #expect(lsmr.status == .converged && abs(lsmr.iterations - lsqr.iterations) <= 3)
        let before = try solve(
          system, target,
          with: LSMRSolver(preconditioning: strategy, maximumIterations: lsmr.iterations - 2),
          tolerance
        ).report
        #expect(before.status == .iterationLimit)
      }
    }
  }

  @Test("refuse a preconditioner without a factor, before any solve")
  func withoutFactor() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 30, columns: 5, conditionNumber: 10)
    for solver: any LinearSolver in [
      LSQRSolver(preconditioning: FactorlessPreconditioning()),
      LSMRSolver(preconditioning: FactorlessPreconditioning()),
    ] {
      let error = #expect(throws: OptimKitError.self) {
        try solver.makeWorkspace(for: Double.self).prepare(
          DampedSystem(jacobian: DenseJacobian(matrix)), key: RandomKey(seed: 0, purpose: .sketch))
      }
      #expect(error?.kind == .missingCapability)
      #expect(error?.remedy.contains("FactoredPreconditioner") == true)
    }
  }

  @Test("read well")
  func names() {
    func name(_ solver: some LinearSolver) -> String { solver.name }
    #expect(name(.lsqr()) == "lsqr" && name(.lsmr()) == "lsmr")
    #expect(name(.lsqr(preconditioning: .nystrom())) == "nystrom-lsqr")
    #expect(name(.lsmr(preconditioning: .diagonal, reuse: .never)) == "diagonal-lsmr")
  }

  @Test("survive a trip through JSON, and refuse a limit of no iterations")
  func options() throws {
    #expect(try roundTrip(LSQRSolver(maximumIterations: 7)) == LSQRSolver(maximumIterations: 7))
    #expect(try roundTrip(LSMRSolver(maximumIterations: 7)) == LSMRSolver(maximumIterations: 7))
    let preconditioned = LSMRSolver(preconditioning: DiagonalPreconditioning(), reuse: .never)
    #expect(try roundTrip(preconditioned) == preconditioned)
    #expect(throws: OptimKitError.self) {
      try LSQRSolver(preconditioning: BlockJacobiPreconditioning(blockSize: 0)).validate()
    }
    #expect(throws: OptimKitError.self) { try LSQRSolver(maximumIterations: 0).validate() }
    #expect(throws: OptimKitError.self) { try LSMRSolver(maximumIterations: 0).validate() }
  }
}

/// P = 2 I, of which nothing but the inverse is known.
private struct FactorlessPreconditioning: PreconditionerStrategy {
  var name: String { "factorless" }

  func validate() throws {}

  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    Halving<Scalar>()
  }

  private final class Halving<Scalar: RealScalar>: Preconditioner {
    let report = PreparationReport(access: "nothing")

    func applyInverse(in r: inout MutableSpan<Scalar>) { Scalar.scale(&r, by: 0.5) }
  }
}

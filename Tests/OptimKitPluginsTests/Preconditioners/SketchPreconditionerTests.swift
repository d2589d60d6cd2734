import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Preconditioning with a sketch: fallbacks")
struct SketchPreconditionerTests {
  private func prepare(
    _ matrix: Matrix<Double>, _ sketcher: some Sketcher, damping: Double = 0,
    precision: FactorPrecision = .working
  ) throws -> PreparationReport {
    try SketchPreconditioning(sketcher, precision: precision).makePreconditioner(
      for: DampedSystem(jacobian: DenseJacobian(matrix), damping: damping),
      key: RandomKey(seed: 0, purpose: .sketch)
    ).report
  }

  @Test("none on a good system")
  func none() throws {
    let report = try prepare(
      tallMatrix(rows: 300, columns: 10, conditionNumber: 10), SparseSignSketcher())
    #expect(report.factorization == "Cholesky" && report.fallbacks == [])
  }

  @Test("QR where the sketched Gram matrix is singular; the run's notes say so")
  func orthogonalFactorization() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 10, conditionNumber: 1e10)
    let report = try prepare(matrix, SparseSignSketcher())
    #expect(report.factorization == "QR")
    #expect(report.fallbacks.count == 1 && report.fallbacks[0].contains("by QR"))

    let objective = try LeastSquares(
      DenseLinearModel(matrix: matrix), targets: normalVector(300, seed: 4))
    let result = try minimize(
      objective, from: [Double](repeating: 0, count: 10),
      using: .gaussNewton(solver: .sketchedCG(.sparseSign())), until: [.iterations(1)])
    #expect(result.summary.notes.contains { $0.contains("by QR") }, "\(result.summary.notes)")
  }

  @Test("a larger sketch where the first is singular")
  func largerSketch() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 10, conditionNumber: 10)
    let report = try prepare(matrix, RankDeficientSketcher(below: 80))
    #expect(report.sketchSize == 80 && report.factorization == "QR")
    #expect(report.fallbacks.count == 2)
    #expect(report.fallbacks.last == "the sketch of 40 rows is singular: drew one of twice as many")
  }

  @Test("an error with the remedy where that is singular too; damping needs no fallback")
  func singular() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 10, conditionNumber: 10)
    let error = #expect(throws: OptimKitError.self) {
      try prepare(matrix, RankDeficientSketcher(below: 1000))
    }
    #expect(error?.kind == .singularSystem && error?.remedy.contains("damping") == true)
    let report = try prepare(matrix, RankDeficientSketcher(below: 1000), damping: 0.1)
    #expect(report.fallbacks == [])
  }

  @Test("single precision takes as many iterations, to double precision, damped or not")
  func singlePrecision() throws {
    for (damping, condition) in [(0, 1e2), (1e-3, 1e6)] {
      let matrix: Matrix<Double> = try tallMatrix(
        rows: 2000, columns: 40, conditionNumber: condition)
      let report = try prepare(
        matrix, SparseSignSketcher(), damping: damping, precision: .single)
      #expect(report.factorization == "Cholesky in single precision" && report.fallbacks == [])
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
      let (working, single) = try (
        LinearSolverTests.solve(system, with: SketchedCGSolver(SparseSignSketcher()), 1e-10),
        LinearSolverTests.solve(
          system, with: SketchedCGSolver(SparseSignSketcher(), precision: .single), 1e-10)
      )
      #expect(single.status == .converged)
      #expect(single.iterations <= working.iterations + 3)
    }
  }

  @Test("what is singular in single precision alone is factored in double; sampled neurons too")
  func singlePrecisionFallback() throws {
    let report = try prepare(
      tallMatrix(rows: 300, columns: 10, conditionNumber: 1e5), SparseSignSketcher(),
      precision: .single)
    #expect(report.factorization == "Cholesky")
    #expect(report.fallbacks.count == 1 && report.fallbacks[0].contains("single precision"))

    let jacobian: TwoLayerReLUJacobian<Double> = try networkJacobian(
      samples: 40, features: 6, width: 4096, outputs: 1)
    let system = DampedSystem(jacobian: jacobian)
    let solver = SketchedCGSolver(NeuronSamplingSketcher(), precision: .single)
    let workspace = solver.makeWorkspace(for: Double.self)
    let preparation = try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    #expect(preparation.factorization == "Cholesky in single precision")
    let solve = try LinearSolverTests.solve(system, with: solver, 1e-10)
    #expect(solve.status == .converged)
  }
}

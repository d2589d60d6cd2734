import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

extension LinearSolverTests {
  @Test(
    "report the residual that a fresh computation finds", arguments: [1e-2, 1e-6, 1e-10], [0, 0.01])
  func honestResiduals(tolerance: Double, damping: Double) throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 500, columns: 20, conditionNumber: 100)
    for matrix in [tall, tall.transposed()] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
      let rightHandSide = DampedRightHandSide<Double>(
        target: normalVector(matrix.rowCount, seed: 1))
      for solver in Self.all {
        let name = "\(solver.name), \(system.isDual ? "dual" : "primal")"
        let (x, report) = try OptimKitPluginsTests.solve(
          system, rightHandSide, with: solver, tolerance)
        #expect(report.status == .converged, "\(name)")
        let residual = try Self.relativeResidual(of: x, system, rightHandSide)
        guard let reported = report.relativeResidual else {
          // A factor in single precision is trusted with loose tolerances alone.
          let isSingle = (solver as? CholeskySolver)?.precision == .single
          #expect(
            report.iterations == 0 && residual < (isSingle ? tolerance / 10 : 1e-10),
            "\(name): direct")
          continue
        }
        // In the dual ‖N z − r‖ with damping is told by x only up to the condition of T.
        let slack = system.isDual && damping > 0 ? 100.0 : 1.0
        #expect(residual <= slack * tolerance * 1.0001, "\(name)")
        if slack == 1 {
          // u κ² is what rounding in N z makes of it.
          #expect(abs(residual - reported) <= 0.01 * reported + 1.2e-12, "\(name)")
        }
      }
    }
  }

  @Test(
    "sketched conjugate gradients take as many iterations at condition 10² as at 10¹⁰",
    arguments: [(1e-6, atMost: 26), (1e-10, atMost: 36)])
  func iterationsIndependentOfConditioning(accuracy: (tolerance: Double, atMost: Int)) throws {
    // With ‖x‖ = ‖A‖ = 1 and a small residual, rounding leaves u ‖N‖ ‖x‖ / ‖r‖, a few roundoffs.
    let problems = try [1e2, 1e4, 1e6, 1e8, 1e10].map {
      try StabilityCase(rows: 2000, columns: 50, conditionNumber: $0, residual: 1e-6)
    }
    for sketcher in SketcherTests.all {
      let counts = try problems.map { problem in
        let (x, report) = try problem.solution(of: makeSketchedCG(sketcher), accuracy.tolerance)
        #expect(report.status == .converged, "\(sketcher.name): \(report)")
        let fresh = try Self.relativeResidual(
          of: x, problem.system, DampedRightHandSide(target: problem.target))
        #expect(fresh <= 1.01 * accuracy.tolerance, "\(sketcher.name): \(fresh)")
        return report.iterations
      }
      #expect(Double(counts.max()!) <= 1.3 * Double(counts.min()!), "\(sketcher.name): \(counts)")
      #expect(counts.max()! <= accuracy.atMost, "\(sketcher.name): \(counts)")
    }
    func makeSketchedCG(_ sketcher: some Sketcher) -> any LinearSolver {
      SketchedCGSolver(sketcher)
    }
    // The same without a sketch: conditioning is felt.
    let matrix: Matrix<Double> = try tallMatrix(rows: 4000, columns: 50, conditionNumber: 1e3)
    let plain = try Self.solve(
      DampedSystem(jacobian: DenseJacobian(matrix)), with: ConjugateGradientSolver(), 1e-6)
    #expect(plain.iterations > 60)
  }

  @Test("say so where rounding keeps them from the tolerance", arguments: [1e10, 1e12])
  func unattainable(conditionNumber: Double) throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 1000, columns: 40, conditionNumber: conditionNumber)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    // Out of the span of the columns for the most part: ‖x‖ is of size κ, and u ‖N‖ ‖x‖ far above 1e-12 ‖r‖.
    let target: [Double] = normalVector(1000, seed: 1)
    for solver in Self.iterative + [SketchedCGSolver(GaussianSketcher())] {
      do {
        let (x, report) = try OptimKitPluginsTests.solve(
          system, target, with: solver, 1e-12)
        let fresh = try Self.relativeResidual(of: x, system, DampedRightHandSide(target: target))
        let reported = try #require(report.relativeResidual)
        #expect(fresh <= 10 * reported + 1e-14 * norm(x), "\(solver.name): \(fresh), \(report)")
        if report.status == .converged {
          #expect(fresh <= 1e-11, "\(solver.name): \(report)")
        }
      } catch let error as OptimKitError {
        #expect([.noConvergence, .singularSystem].contains(error.kind), "\(solver.name)")
      }
    }
  }
}

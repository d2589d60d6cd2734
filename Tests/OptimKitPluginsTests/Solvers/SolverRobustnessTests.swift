import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Linear solvers at the edges")
struct SolverRobustnessTests {
  /// Rows and columns: primal, dual, square, one row, one column, one element.
  static let shapes = [(40, 8), (8, 40), (9, 9), (1, 12), (12, 1), (1, 1)]

  @Test(
    "conform at any damping from none to huge", arguments: shapes,
    [0, 1e-14, 1e-7, 1, 1e7, 1e14])
  func dampings(shape: (rows: Int, columns: Int), damping: Double) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let system = try LinearSolverTests.system(shape, damping: Scalar(damping), curvature: nil)
      for solver in LinearSolverTests.all {
        let issues = conformanceIssues(
          of: solver, on: system, tolerance: .relative(Scalar.self == Float.self ? 1e-3 : 1e-9),
          center: damping > 0)
        #expect(issues == [], "\(solver.name) \(Scalar.self) \(shape)")
      }
    }
  }

  @Test(
    "give a singular system a solution that satisfies it, or a clear error",
    arguments: [(40, 8), (8, 40), (9, 9), (2, 12), (12, 2)], [0, 1e-14, 1e-5, 1, 1e14])
  func singular(shape: (rows: Int, columns: Int), damping: Double) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let system = try Self.singularSystem(shape, damping: Scalar(damping))
      // Within reach of T, so that the dual has a solution too.
      let target = try filled(shape.rows) {
        let x: [Scalar] = normalVector(shape.columns, seed: 4)
        try system.apply(x.span, into: &$0)
      }
      let tolerance: Scalar = Scalar.self == Float.self ? 1e-3 : 1e-9
      for solver in LinearSolverTests.all {
        let name = "\(solver.name) \(Scalar.self) \(shape) μ = \(damping)"
        do {
          let workspace = solver.makeWorkspace(for: Scalar.self)
          try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
          var report: SolveReport?
          let x = try filled(shape.columns) {
            report = try workspace.solve(
              DampedRightHandSide(target: target), tolerance: .relative(tolerance), into: &$0)
          }
          let isFinite = x.allSatisfy { $0.isFinite }
          #expect(isFinite, "\(name)")
          #expect(report?.status == .converged || report?.notes.isEmpty == false, "\(name)")
          guard report?.status == .converged else { continue }
          let image = try filled(shape.rows) { try system.apply(x.span, into: &$0) }
          let gradient = try filled(shape.columns) {
            try system.applyTransposed(combination(1, target, -1, image).span, into: &$0)
          }
          let residual = norm(combination(1, gradient, -system.damping, x))
          // Of size one: T, b and x, each within a factor of ten.
          #expect(residual <= 100 * tolerance, "\(name): \(residual)")
          if damping == 0, LinearSolverTests.solveSingular.contains(solver.name) {
            // The null vector of the primal is e₀ − e_last.
            if shape.rows > shape.columns {
              #expect(abs(x[0] - x[shape.columns - 1]) <= 1000 * tolerance, "\(name)")
            }
          }
        } catch let error as OptimKitError {
          #expect([.singularSystem, .noConvergence].contains(error.kind), "\(name): \(error)")
          #expect(damping < 1, "\(name): \(error)")
          #expect(!LinearSolverTests.solveSingular.contains(solver.name), "\(name): \(error)")
        }
      }
    }
  }

  /// A system whose last column is the first once more, or last row in the dual.
  private static func singularSystem<Scalar: RealScalar>(
    _ shape: (rows: Int, columns: Int), damping: Scalar
  ) throws -> DampedSystem<Scalar> {
    let (long, short) = (max(shape.rows, shape.columns), min(shape.rows, shape.columns))
    var tall: Matrix<Scalar> = try tallMatrix(rows: long, columns: short, conditionNumber: 10)
    for i in 0..<long { tall[i, short - 1] = tall[i, 0] }
    return DampedSystem(
      jacobian: DenseJacobian(shape.rows >= shape.columns ? tall : tall.transposed()),
      damping: damping)
  }
}

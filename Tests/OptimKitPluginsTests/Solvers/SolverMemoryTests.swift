import OptimKit
import OptimKitMemoryTesting
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Memory of linear solvers", .enabled(if: countsAllocations))
struct SolverMemoryTests {
  /// k, l and s.
  typealias Storage = @Sendable (_ short: Int, _ long: Int, _ sketch: Int) -> Int

  @Test("diagnostics", arguments: [(12_000, 100), (100, 12_000)], [0.1])
  func measured(shape: (rows: Int, columns: Int), damping: Double) throws {
    let system = try LinearSolverTests.system(shape, damping: damping, curvature: nil)
    let more: [any LinearSolver] = [
      PreconditionedCGSolver(NystromPreconditioning(), reuse: .never),
      PreconditionedCGSolver(PivotedCholeskyPreconditioning(), reuse: .never),
      PreconditionedCGSolver(DiagonalPreconditioning(), reuse: .never),
      PreconditionedCGSolver(BlockJacobiPreconditioning(blockSize: 16), reuse: .never),
      SketchedCGSolver(SparseSignSketcher(), reuse: .never),
      SketchedCGSolver(SRHTSketcher(), reuse: .never),
    ]
    for solver in LinearSolverTests.all + more {
      for issue in memoryIssues(
        of: solver, on: system, tolerance: .relative(1e-6), storage: 1)
      { print("DIAG \(shape) \(damping) \(solver.name) \(solver.sketcher?.name ?? "") \(issue)") }
    }
  }
}

import OptimKit
import OptimKitMemoryTesting
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("The check of solvers' memory", .enabled(if: countsAllocations))
struct LinearSolverMemoryTests {
  private func issues(_ solver: WastefulSolver, storage: Int = 100 * 100) throws -> [String] {
    let matrix: Matrix<Double> = try tallMatrix(rows: 12_000, columns: 100, conditionNumber: 10)
    return memoryIssues(
      of: solver, on: DampedSystem(jacobian: DenseJacobian(matrix)), tolerance: .relative(1e-3),
      storage: storage)
  }

  @Test("accepts a solver that keeps its buffers")
  func sound() throws {
    #expect(try issues(WastefulSolver()) == [])
  }

  @Test("names what is allocated again, and what is not stated")
  func defects() throws {
    let preparing = try issues(WastefulSolver(wastesInPrepare: true))
    #expect(preparing.count == 1 && preparing[0].contains("a second preparation"), "\(preparing)")
    let solving = try issues(WastefulSolver(wastesInSolve: true))
    #expect(solving.count == 1 && solving[0].contains("a solution with a warm"), "\(solving)")
    let stated = try issues(WastefulSolver(), storage: 100)
    #expect(stated.count == 1 && stated[0].contains("the documentation states 100"), "\(stated)")
  }
}

/// Writes zeros, and needs k² scalars; what it says it does not keep, it makes anew.
private struct WastefulSolver: LinearSolver {
  var name: String { "wasteful" }
  var wastesInPrepare = false
  var wastesInSolve = false

  func validate() {}

  func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    WastefulWorkspace<Scalar>(self)
  }
}

private final class WastefulWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  let options: WastefulSolver
  var buffer: AlignedBuffer<Scalar>?

  init(_ options: WastefulSolver) { self.options = options }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) -> PreparationReport {
    if options.wastesInPrepare { buffer = nil }
    _ = AlignedBuffer.resize(&buffer, to: system.shortCount * system.shortCount)
    return PreparationReport(access: "nothing")
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) -> SolveReport {
    if options.wastesInSolve, let count = buffer?.count {
      buffer = nil
      buffer = AlignedBuffer(count: count)
    }
    Scalar.fill(&solution, with: 0)
    return SolveReport(status: .stagnated, rightHandSideNorm: 1)
  }
}

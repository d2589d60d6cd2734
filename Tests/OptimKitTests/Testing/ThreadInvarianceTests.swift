import OptimKit
import OptimKitTesting
import Testing

/// The checks find results that depend on the number of threads.
@Suite("Checks of thread invariance")
struct ThreadInvarianceTests {
  static let matrix: Matrix<Double> = RandomKey(seed: 14, purpose: "threads").normalMatrix(5, 8)
  static let jacobian = ThreadDependentJacobian(matrix)

  private func expect(
    _ issues: [String], _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(issues.contains { $0.contains(text) }, "\(issues)", sourceLocation: sourceLocation)
  }

  @Test func ofJacobians() {
    let issues = conformanceIssues(of: Self.jacobian)
    for method in ["apply", "applyTransposed", "copyRows"] {
      expect(issues, "\(method) gives other bits with 2 threads than with one")
      expect(issues, "\(method) gives other bits with 3 threads than with one")
    }
  }

  @Test func ofModels() {
    let issues = conformanceIssues(
      of: ThreadDependentModel(jacobian: Self.jacobian), at: [Double](repeating: 0.5, count: 8))
    expect(issues, "evaluate gives other bits with 2 threads")
    expect(issues, "a product with its Jacobian, gives other bits with 3 threads")
  }

  @Test func ofSketchers() {
    expect(
      conformanceIssues(
        of: ThreadDependentSketcher(), rows: 24, columns: 31, scalar: Double.self),
      "drawing and applying a sketch gives other bits")
  }

  @Test func ofSolvers() {
    // The solver is sound, its products are not.
    expect(
      conformanceIssues(
        of: DenseTestSolver(), on: DampedSystem(jacobian: Self.jacobian, damping: 0.1),
        tolerance: .relative(1e-4)), "the solution has other bits with 3 threads")
  }

  @Test("the number of threads is set for a scope and given back")
  func scopes() {
    let before = ThreadPool.threadCount
    ThreadPool.withThreadCount(5) {
      #expect(ThreadPool.threadCount == 5)
      ThreadPool.withThreadCount(1) { #expect(ThreadPool.threadCount == 1) }
      #expect(ThreadPool.threadCount == 5)
    }
    #expect(ThreadPool.threadCount == before)
  }
}

import OptimKit
import OptimKitModels
import OptimKitTesting

/// A regression by a solver of OptimKit, preparation included.
struct RegressionTask: WorkerTask {
  private let problem: RegressionProblem
  private let solver: any LinearSolver
  private let options: TaskOptions

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    problem = try RegressionProblem(arrays)
    solver = try options.makeSolver()
    self.options = options
  }

  func run() throws -> Answer {
    let workspace = solver.makeWorkspace(for: Double.self)
    var solution = Double.zeros(problem.matrix.columnCount)
    let clock = ContinuousClock()
    let start = clock.now
    let system = DampedSystem(jacobian: DenseJacobian(problem.matrix))
    try workspace.prepare(
      system, for: .relative(options.tolerance), key: RandomKey(seed: 0, purpose: .sketch))
    var span = solution.mutableSpan
    let report = try workspace.solve(
      DampedRightHandSide(target: problem.target), tolerance: .relative(options.tolerance),
      into: &span)
    let duration = clock.now - start
    var metrics = problem.accuracy(of: solution)
    metrics["iterations"] = Double(report.iterations)
    return done(duration, metrics: metrics)
  }
}

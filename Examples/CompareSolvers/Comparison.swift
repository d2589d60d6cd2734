import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitTesting

/// All strategies on one problem.
struct Comparison<Scalar: RealScalar> {
  let problem: Problem<Scalar>
  let tolerance: Scalar
  let results: [StrategyResult]

  /// Runs every strategy, and prints a line as each ends, unless JSON was asked for.
  init(_ problem: Problem<Scalar>, _ options: Options) throws {
    self.problem = problem
    tolerance = Scalar(options.tolerance)
    let key = RandomKey(seed: UInt64(options.seed), purpose: .sketch)
    var results: [StrategyResult] = []
    // A first solve that is not measured: threads start, memory comes in.
    _ = try? Self.measure(
      Strategy(solver: .cg, sketch: nil, oversampling: 1), problem, tolerance: 0.5, key: key)
    for strategy in Strategy.all(for: options) {
      let result = try Self.measure(strategy, problem, tolerance: tolerance, key: key)
      if !options.json { try StandardOutput.write("\(result.label): \(result.brief)") }
      results.append(result)
    }
    self.results = results
  }

  /// Whether all strategies reached the tolerance.
  var isConverged: Bool { results.allSatisfy(\.isConverged) }

  private static func measure(
    _ strategy: Strategy, _ problem: Problem<Scalar>, tolerance: Scalar, key: RandomKey
  ) throws -> StrategyResult {
    var result = StrategyResult(strategy: strategy)
    let solver = strategy.linearSolver
    do {
      try solver.validate()
      let system = problem.system
      let workspace = solver.makeWorkspace(for: Scalar.self)
      var solution = Scalar.zeros(problem.matrix.columnCount)
      var span = solution.mutableSpan
      let clock = ContinuousClock()
      let start = clock.now
      let preparation = try workspace.prepare(system, for: .relative(tolerance), key: key)
      let report = try workspace.solve(
        DampedRightHandSide(target: problem.target), tolerance: .relative(tolerance), into: &span)
      result.seconds = (clock.now - start) / .seconds(1)
      result.status = report.status.rawValue
      result.iterations = report.iterations
      result.sketchSize = preparation.sketchSize
      result.explanation = preparation.selection?.explanation(
        actualIterations: report.iterations, actualSeconds: result.seconds)
      let accuracy = LeastSquaresAccuracy(
        of: solution, matrix: problem.matrix, target: problem.target, damping: problem.damping)
      result.relativeResidual = accuracy.relativeResidual
      result.backwardError = accuracy.backwardError
    } catch let error as OptimKitError where error.kind != .invalidArgument {
      result.status = "failed"
      result.failure = error.description
    }
    if let sketch = strategy.sketch {
      let quality = try problem.quality(
        of: sketch.sketcher, oversampling: strategy.oversampling, key: key)
      result.distortion = quality.distortion
      result.conditionNumber = quality.conditionNumber
    }
    return result
  }
}

extension Problem {
  /// The distortion of a sketch, and κ of the system that it preconditions.
  fileprivate func quality(
    of sketcher: any Sketcher, oversampling: Double, key: RandomKey
  ) throws -> (distortion: Double, conditionNumber: Double) {
    let tall = tall
    let order = tall.columnCount
    let rows = Int((oversampling * Double(order)).rounded(.up))
    let undamped = DampedSystem(jacobian: DenseJacobian(tall))
    let sketch = try undamped.makeSketch(from: sketcher, rows: rows, key: key)
    var sketched = Matrix<Scalar>(rowCount: sketch.rowCount, columnCount: order)
    try undamped.apply(sketch, into: &sketched)
    let distortion = try subspaceDistortion(of: tall, sketchedTo: sketched)
    let triangle = try OrthogonalFactorization(withDamping(sketched)).triangularFactor
    let condition = try OptimKitTesting.conditionNumber(
      of: withDamping(tall), preconditionedBy: triangle)
    return (Double(distortion), Double(condition * condition))
  }

  /// [A; √μ I].
  private func withDamping(_ matrix: Matrix<Scalar>) throws -> Matrix<Scalar> {
    guard damping > 0 else { return matrix }
    let order = matrix.columnCount
    var rows = Matrix<Scalar>.identity(order)
    for i in 0..<order { rows[i, i] = damping.squareRoot() }
    return try Matrix(
      rowCount: matrix.rowCount + order, columnCount: order,
      storage: matrix.storage + rows.storage)
  }
}

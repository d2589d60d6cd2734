import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Synchronization
import Testing

@Suite("Cancellation inside steps")
struct CancellationTests {
  @Test("ends within the product that it comes in, at the last point, with every iterative solver")
  func products() throws {
    for solver in LinearSolverTests.iterative + [AutomaticSolver(), CholeskySolver()] {
      try check(solver)
    }
  }

  private func check(_ solver: some LinearSolver) throws {
    let optimizer = GaussNewton(solver: solver, innerTolerance: .fixed(1e-9))
    let start = [Double](repeating: 2, count: 12)
    // How much work the run is, to cancel it in the middle of it.
    let watch = WorkWatch()
    let whole = try minimize(
      objective(watch), from: start, using: optimizer, until: [.iterations(3)])
    let total = watch.count.load(ordering: .relaxed)
    guard whole.summary.iterations > 0 else { return }
    for call in [total / 3, total / 2, total - 1] {
      let watch = WorkWatch(cancellingCall: call)
      let result: OptimizationResult<Double>
      do {
        result = try minimize(
          objective(watch), from: start, using: optimizer, until: [.iterations(3)],
          cancellation: watch.token)
      } catch is CancellationError {
        // In the first evaluation, before there is anything to return.
        #expect(call <= 1)
        continue
      }
      let place = "\(solver.name), call \(call) of \(total)"
      #expect(result.reason.status == .cancelled, "\(place)")
      // Groups of a sketch that other threads have begun may still copy their rows.
      #expect(watch.count.load(ordering: .relaxed) <= call + 3, "\(place)")
      let iterations = result.summary.iterations
      #expect(result.summary.finalLoss == whole.summary.history[iterations].loss, "\(place)")
      if iterations == 0 { #expect(result.parameters == start) }
    }
  }

  @Test("ends inside a line search, at the last point, by token and by task")
  func lineSearches() async throws {
    let optimizers: [any Optimizer] = [
      LBFGS(), GradientDescent(), GaussNewton(solver: CholeskySolver(), stepControl: .backtracking),
    ]
    for optimizer in optimizers {
      for isTask in [false, true] {
        let result = try await Task { try Self.cancelSearch(optimizer, isTask: isTask) }.value
        let place = "\(optimizer.name), \(isTask ? "task" : "token")"
        #expect(result.reason.status == .cancelled && result.reason.iteration == 1, "\(place)")
        #expect(result.parameters == [3], "\(place)")
      }
    }
  }

  /// Steps from 3 on arctan θ are too long at first; the call after the start's cancels, and no other follows.
  private static func cancelSearch(
    _ optimizer: some Optimizer, isTask: Bool
  ) throws -> OptimizationResult<Double> {
    let watch = WorkWatch(cancellingCall: 2, cancelsTask: isTask)
    let objective = try LeastSquares(
      WatchedArctangent(watch: watch), targets: [0])
    let result = try minimize(
      objective, from: [3], using: optimizer, until: [.iterations(5)], cancellation: watch.token)
    #expect(watch.count.load(ordering: .relaxed) == 2)
    return result
  }

  @Test("ends between the blocks of a Gram matrix that the Jacobian computes, by token and by task")
  func gramMatrices() async throws {
    for isTask in [false, true] {
      let watch = WorkWatch(cancellingCall: 5, cancelsTask: isTask)
      let result = try await Task {
        try ThreadPool.withThreadCount(1) {
          try minimize(
            LeastSquares(BlockwiseModel(watch: watch), targets: [1, 1]), from: [2, 2, 2],
            using: .gaussNewton(solver: .exact), until: [.iterations(3)],
            cancellation: watch.token)
        }
      }.value
      #expect(watch.count.load(ordering: .relaxed) == 5)
      #expect(result.reason.status == .cancelled && result.reason.iteration == 1)
      #expect(result.parameters == [2, 2, 2] && result.best.parameters == [2, 2, 2])
    }
  }

  @Test("ends inside products and sketches when the task is cancelled")
  func tasks() async throws {
    for solver in [SketchedCGSolver(SparseSignSketcher()), ConjugateGradientSolver()]
      as [any LinearSolver]
    {
      for call in 1...12 {
        let watch = WorkWatch(cancellingCall: call, cancelsTask: true)
        let result = try await Task { try self.run(solver, watch) }.value
        guard watch.count.load(ordering: .relaxed) >= call else { continue }
        #expect(result.reason.status == .cancelled, "\(solver.name), call \(call)")
        #expect(result.parameters == [Double](repeating: 2, count: 12))
        #expect(watch.count.load(ordering: .relaxed) <= call + 3, "\(solver.name), call \(call)")
      }
    }
  }

  private func run(
    _ solver: some LinearSolver, _ watch: WorkWatch
  ) throws -> OptimizationResult<Double> {
    // On one thread: others of the pool know nothing of the task.
    try ThreadPool.withThreadCount(1) {
      try minimize(
        objective(watch), from: [Double](repeating: 2, count: 12),
        using: GaussNewton(solver: solver, innerTolerance: .fixed(1e-9)), until: [.iterations(1)])
    }
  }

  private func objective(_ watch: WorkWatch) throws -> LeastSquares<WatchedLinearModel> {
    try LeastSquares(
      WatchedLinearModel(
        matrix: tallMatrix(rows: 200, columns: 12, conditionNumber: 50), watch: watch),
      targets: normalVector(200, seed: 8))
  }
}

/// Counts products and copies of rows, and cancels in one of them.
private final class WorkWatch: Sendable {
  let count = Atomic(0)
  let token = CancellationToken()
  let cancellingCall: Int
  let cancelsTask: Bool

  init(cancellingCall: Int = .max, cancelsTask: Bool = false) {
    self.cancellingCall = cancellingCall
    self.cancelsTask = cancelsTask
  }

  func book() {
    guard count.add(1, ordering: .relaxed).newValue >= cancellingCall else { return }
    if cancelsTask { withUnsafeCurrentTask { $0?.cancel() } } else { token.cancel() }
  }
}

private struct WatchedLinearModel: Model {
  let matrix: Matrix<Double>
  let watch: WorkWatch

  var parameterCount: Int { matrix.columnCount }
  var outputCount: Int { matrix.rowCount }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    DenseJacobian(matrix).apply(parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> WatchedJacobian {
    evaluate(at: parameters, into: &outputs)
    return WatchedJacobian(base: DenseJacobian(matrix), watch: watch)
  }
}

private struct WatchedJacobian: RowAccessible {
  let base: DenseJacobian<Double>
  let watch: WorkWatch

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    watch.book()
    base.apply(x, into: &result)
  }

  func applyTransposed(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    watch.book()
    base.applyTransposed(x, into: &result)
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) {
    watch.book()
    base.copyRows(rows, into: &result)
  }
}

/// arctan θ, with evaluations and linearizations counted.
private struct WatchedArctangent: ScalarModel {
  let watch: WorkWatch

  func valueAndDerivative(at x: Double) -> (Double, Double) {
    watch.book()
    return ArctangentModel().valueAndDerivative(at: x)
  }
}

/// Two outputs of three parameters, whose Jacobian computes its Gram matrix in a hundred blocks.
private struct BlockwiseModel: Model {
  let watch: WorkWatch

  var parameterCount: Int { 3 }
  var outputCount: Int { 2 }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    BlockwiseJacobian(watch: watch).apply(parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> BlockwiseJacobian {
    evaluate(at: parameters, into: &outputs)
    return BlockwiseJacobian(watch: watch)
  }
}

private struct BlockwiseJacobian: GramComputing {
  let watch: WorkWatch

  var rowCount: Int { 2 }
  var columnCount: Int { 3 }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    result[0] = x[0] + x[1]
    result[1] = x[2]
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    result[0] = u[0]
    result[1] = u[0]
    result[2] = u[1]
  }

  func computeGram(into result: inout MutableSpan<Double>) {
    ThreadPool.forEachBlock(100) { _ in watch.book() }
    // Singular where blocks were left out, as a half-computed matrix may be.
    for i in 0..<4 { result[i] = 0 }
  }

  func applyGram(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    result[0] = 2 * u[0]
    result[1] = u[1]
  }
}

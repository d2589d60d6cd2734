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

  init(cancellingCall: Int = .max) { self.cancellingCall = cancellingCall }

  func book() {
    if count.add(1, ordering: .relaxed).newValue >= cancellingCall { token.cancel() }
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

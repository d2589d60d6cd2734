import Foundation
import OptimKit

/// The workspace of ``AutomaticSolver``: that of the solver in use, and what was learned.
final class AutomaticWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  /// The way in use, and how it was estimated.
  private struct Current {
    var estimate: CostModel<Scalar>.Estimate
    let workspace: any LinearSolverWorkspace<Scalar>
    /// Whether it has solved a system, so that what it prepared may be kept.
    var isProven = false
    /// Seconds of the preparation that awaits its solve.
    var preparationSeconds = 0.0
    /// Whether the last preparation was kept from an earlier system.
    var isKept = false
  }

  private let solver: AutomaticSolver
  private let clock = ContinuousClock()
  private var model: CostModel<Scalar>
  private var current: Current?
  private var system: DampedSystem<Scalar>?
  private var key: RandomKey?
  private var sizes: [Int] = []

  init(solver: AutomaticSolver) {
    self.solver = solver
    model = CostModel(rates: solver.machineRates)
    model.maximumIterations = solver.maximumIterations
  }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    try prepare(system, for: .relative(1e-6), key: key)
  }

  func prepare(
    _ system: DampedSystem<Scalar>, for tolerance: ResidualTolerance<Scalar>, key: RandomKey
  ) throws -> PreparationReport {
    self.system = system
    self.key = key
    if sizes != [system.rowCount, system.columnCount] {
      sizes = [system.rowCount, system.columnCount]
      model.forget()
      current = nil
    }
    return try prepare(system, tolerance: tolerance.expectedRelative, key: key, fallbacks: [])
  }

  /// Looks at a sample of rows before a tall system is squared in vain: where their normal matrix is
  /// singular at working precision, that of all rows mostly is.
  ///
  /// - Returns: Whether the ranking is void: only methods on the tall matrix are left.
  private func findsSingularSample(
    of system: DampedSystem<Scalar>, before estimate: CostModel<Scalar>.Estimate
  ) throws -> Bool {
    let order = system.shortCount
    guard case .exact = estimate.method, current == nil, !model.needsTallMatrix,
      let sample = try system.sampleRows(
        2 * order, outOf: Self.rowsPerColumnWorthSampling * order)
    else { return false }
    var gram = Matrix<Scalar>(rowCount: order, columnCount: order)
    gram.withMutableElements {
      Scalar.addGram(
        of: sample.storage.span, .transposed, order: order, inner: sample.rowCount, into: &$0)
    }
    let share = Scalar(sample.rowCount) / Scalar(system.longCount)
    for i in 0..<order { gram[i, i] += share * system.damping }
    var handedOver: Matrix<Scalar>? = consume gram
    do {
      _ = try system.ledger.measureInterruptibly(.factorization) {
        try CholeskyFactorization(handedOver.take()!)
      }
      return false
    } catch let error as OptimKitError where error.kind == .singularSystem {
      model.needsTallMatrix = true
      return true
    }
  }

  /// A sample of two rows a column then costs a tenth of the normal matrix at most.
  private static var rowsPerColumnWorthSampling: Int { 20 }

  /// Prepares the best way that is open; closes those that fail.
  private func prepare(
    _ system: DampedSystem<Scalar>, tolerance: Double, key: RandomKey, fallbacks: [String]
  ) throws -> PreparationReport {
    let ranking = model.rankUnlessTiny(for: system, tolerance: tolerance)
    guard let (position, reason) = choose(from: ranking, system: system, tolerance: tolerance)
    else { throw noWay(ranking) }
    var estimate = ranking.open[position]
    if let current, current.isProven, current.estimate.method == estimate.method {
      // What was prepared may serve again, whatever size this tolerance alone would ask for.
      estimate.oversampling = current.estimate.oversampling
      estimate.sketchSize = current.estimate.sketchSize
      estimate.rank = current.estimate.rank
    }
    if try findsSingularSample(of: system, before: estimate) {
      return try prepare(
        system, tolerance: tolerance, key: key,
        fallbacks: fallbacks + ["a sample of rows is too ill-conditioned for the normal matrix"])
    }
    if current?.estimate.method != estimate.method
      || current?.estimate.oversampling != estimate.oversampling
      || current?.estimate.rank != estimate.rank
    {
      // Freed before the next one allocates.
      current = nil
      let inner = estimate.method.makeSolver(
        oversampling: estimate.oversampling, rank: estimate.rank,
        maximumIterations: solver.maximumIterations)
      current = Current(estimate: estimate, workspace: inner.makeWorkspace(for: Scalar.self))
    }
    current?.estimate = estimate
    let start = clock.now
    do {
      var report = try current!.workspace.prepare(
        system, for: .relative(Scalar(tolerance)), key: key)
      current?.preparationSeconds = (clock.now - start) / .seconds(1)
      current?.isKept = report.decision?.hasPrefix("kept") ?? false
      report.selection = SolverSelection(
        ranking, chosen: position, system: system, tolerance: tolerance, reason: reason)
      report.fallbacks = fallbacks + report.fallbacks
      return report
    } catch let error as OptimKitError
      where error.isAboutMethod && (ranking.open.count > 1 || !ranking.isComplete)
    {
      current = nil
      model.close(estimate.method, because: error)
      return try prepare(
        system, tolerance: tolerance, key: key,
        fallbacks: fallbacks + ["\(estimate.method.name) failed: \(error.cause)"])
    }
  }

  /// The cheapest way; the one in use unless another is a third cheaper.
  private func choose(
    from ranking: CostModel<Scalar>.Ranking, system: DampedSystem<Scalar>, tolerance: Double
  ) -> (position: Int, reason: String)? {
    guard let best = ranking.open.first else { return nil }
    guard ranking.isComplete else {
      return (0, "so small that comparing takes longer than solving")
    }
    guard let current, current.isProven,
      let position = ranking.open.firstIndex(where: { $0.method == current.estimate.method })
    else { return (0, "the least estimate") }
    var kept = ranking.open[position]
    guard kept.method != best.method else { return (position, "still the least estimate") }
    // What it prepared may serve again.
    kept.preparationSeconds = 0
    if case .exact = kept.method { kept.iterations = max(kept.iterations, 6) }
    guard best.seconds < kept.seconds / 1.5 else {
      return (position, "in use, and nothing else is a third cheaper")
    }
    return (0, "a third cheaper than \(kept.method.name), in use so far")
  }

  private func noWay(_ ranking: CostModel<Scalar>.Ranking) -> OptimKitError {
    let reasons = ranking.closed.map { "\($0.method.name): \($0.reason)" }
    return OptimKitError(
      .singularSystem,
      cause: "no way to solve the system is open (\(reasons.joined(separator: "; ")))",
      remedy: "use a positive damping or ridge")
  }

  func saveState() -> LinearSolverState? {
    guard let current else { return nil }
    let inner = current.workspace.saveState()
    return LinearSolverState(
      keptKey: inner?.keptKey,
      learned: StoredValue(
        AutomaticSolverState<Scalar>(
          model, sizes: sizes, estimate: current.estimate, isProven: current.isProven,
          inner: inner)))
  }

  func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    guard let learned = state.learned else { throw LinearSolverState.foreign }
    let values = try learned.decoded(as: AutomaticSolverState<Scalar>.self)
    values.restore(&model)
    sizes = values.sizes
    let inner = values.estimate.method.makeSolver(
      oversampling: values.estimate.oversampling, rank: values.estimate.rank,
      maximumIterations: solver.maximumIterations)
    let workspace = inner.makeWorkspace(for: Scalar.self)
    if let state = values.inner { try workspace.restore(state, system: system) }
    current = Current(
      estimate: values.estimate, workspace: workspace, isProven: values.isProven)
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, let key, let current else { preconditionFailure("prepare before solving") }
    let start = clock.now
    let report: SolveReport
    do {
      report = try current.workspace.solve(rightHandSide, tolerance: tolerance, into: &solution)
    } catch let error as OptimKitError
      where error.isAboutMethod && !current.estimate.method.isOnTallMatrix
    {
      return try solveOnTallMatrix(
        system, rightHandSide, tolerance, key, after: nil, "failed: \(error.cause)",
        into: &solution)
    }
    learn(from: report, seconds: (clock.now - start) / .seconds(1))
    guard report.status == .converged || current.estimate.method.isOnTallMatrix else {
      return try solveOnTallMatrix(
        system, rightHandSide, tolerance, key, after: report,
        "ended by \(report.status.rawValue) with a relative residual of "
          + "\(report.relativeResidual ?? .nan)", into: &solution)
    }
    return report
  }

  private func learn(from report: SolveReport, seconds: Double) {
    guard var current else { return }
    current.isProven = true
    self.current = current
    let method = current.estimate.method
    if report.iterations > 0, !current.isKept, let residual = report.relativeResidual {
      let digits = log(2 / max(min(residual, 1), 1e-16))
      // Sketches of other sizes than the last keep their expected counts.
      switch method {
      case .sketchedCG(.tensor), .sketchedCG(.sparseSign), .sketchedCG(.srht): break
      case .pivotedCholeskyCG:
        // Of the same rank for the rest of the run.
        model.rank = current.estimate.rank
        model.iterationRates[method] = Double(report.iterations) / digits
      default: model.iterationRates[method] = Double(report.iterations) / digits
      }
    }
    let expected = current.estimate.secondsOfOneSolve
    guard solver.rates == .measured, !current.isKept, expected > 0 else { return }
    let actual = current.preparationSeconds + seconds
    let previous = model.corrections[method] ?? 1
    model.corrections[method] = min(10, max(0.1, previous * actual / expected))
  }

  /// LSQR does again what ended above the tolerance, from its own preparation; the better solution is kept.
  private func solveOnTallMatrix(
    _ system: DampedSystem<Scalar>, _ rightHandSide: borrowing DampedRightHandSide<Scalar>,
    _ tolerance: ResidualTolerance<Scalar>, _ key: RandomKey, after first: SolveReport?,
    _ outcome: String, into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    let method = current?.estimate.method.name ?? ""
    var before = Scalar.zeros(first == nil ? 0 : solution.count)
    if first != nil {
      var copy = before.mutableSpan
      Scalar.copy(solution.span, into: &copy)
    }
    model.needsTallMatrix = true
    let preparation = try prepare(
      system, tolerance: tolerance.expectedRelative, key: key, fallbacks: [])
    guard let current else { preconditionFailure("a way was prepared") }
    var second = try current.workspace.solve(rightHandSide, tolerance: tolerance, into: &solution)
    self.current?.isProven = true
    let note = "\(method) \(outcome): solved again by \(current.estimate.method.name)"
    if let first, second.status != .converged,
      let old = first.relativeResidual, let new = second.relativeResidual, old < new
    {
      Scalar.copy(before.span, into: &solution)
      second.relativeResidual = old
    }
    second.iterations += first?.iterations ?? 0
    second.notes = [note] + preparation.fallbacks + second.notes
    return second
  }
}

extension OptimKitError {
  /// Whether another way to solve may succeed where this error came from.
  fileprivate var isAboutMethod: Bool {
    kind == .singularSystem || kind == .missingCapability || kind == .noConvergence
  }
}

extension CostModel {
  /// Forgets what was learned, for a system of other sizes.
  mutating func forget() {
    failures = [:]
    iterationRates = [:]
    corrections = [:]
    needsTallMatrix = false
  }

  /// Closes a way that failed. A singular normal matrix closes all that square the condition number.
  mutating func close(_ method: SolvingMethod, because error: OptimKitError) {
    failures[method] = error.cause
    if error.kind == .singularSystem { needsTallMatrix = true }
  }
}

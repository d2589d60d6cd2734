import OptimKit

/// A preconditioner that lives across systems while it is good enough, as `PreconditionerReuse` says, and what
/// is reported of it.
///
/// Storage: that of the preconditioner; a new one is made in the memory of the old one.
struct KeptPreconditioner<Scalar: RealScalar> {
  private let strategy: any PreconditionerStrategy
  private let reuse: PreconditionerReuse
  /// Whether it may solve the system that it was made for by itself.
  private let solvesDirectly: Bool
  private var history: PreconditionerHistory?
  /// What the current one was made with.
  private var key: RandomKey?

  /// The preconditioner; nil before the first system and after a failure to make one.
  private(set) var current: (any Preconditioner<Scalar>)?

  /// Whether it was made for another system.
  private(set) var isReused = false

  init(
    _ strategy: any PreconditionerStrategy, reuse: PreconditionerReuse, solvesDirectly: Bool = false
  ) {
    self.strategy = strategy
    self.reuse = reuse
    self.solvesDirectly = solvesDirectly
  }

  /// The name of the strategy.
  var name: String { strategy.name }

  /// Keeps the preconditioner for `system`, or makes a new one, and says why.
  mutating func prepare(
    _ system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> PreparationReport {
    let reason = history?.reasonToRefresh(for: system)
    if let history, let current, reason == nil {
      isReused = true
      var report = current.report
      report.decision = "kept: \(history.reasonToKeep)"
      report.fallbacks = []
      return report
    }
    var report = try refresh(for: system, key: key)
    report.decision = reason.map { "fresh: \($0)" } ?? "fresh"
    return report
  }

  /// Makes a new one.
  mutating func refresh(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> PreparationReport {
    history = nil
    isReused = false
    // Handed over, not kept beside the new one.
    let fresh = try strategy.makePreconditioner(for: system, key: key, reusing: current.take())
    current = fresh
    self.key = key
    // The identity costs nothing to make, and stands in where there was nothing better for one system.
    if case .adaptive(let factor) = reuse, !(fresh is IdentityPreconditioner<Scalar>) {
      history = PreconditionerHistory(
        of: system, cost: fresh.report.costInIterations,
        leastCost: solvesDirectly ? Self.iterationsOfOldFactor : 0,
        growthFactor: factor)
    }
    return fresh.report
  }

  /// The factor of an earlier system takes that many iterations at least, where its own takes none.
  private static var iterationsOfOldFactor: Double { 6 }

  /// The preconditioner, where it solves the present system directly to `relativeResidual`; nil elsewhere.
  func directSolver(to relativeResidual: Scalar) -> (any Preconditioner<Scalar>)? {
    guard solvesDirectly, !isReused, let current, current.isAccurate(to: relativeResidual) else {
      return nil
    }
    return current
  }

  /// What a run that goes on from a checkpoint needs; nil where nothing is kept.
  var state: LinearSolverState? {
    guard let history, let key, current != nil else { return nil }
    return LinearSolverState(keptKey: key, learned: StoredValue(history))
  }

  /// Makes the preconditioner again that `state` tells of.
  mutating func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    guard let key = state.keptKey, let system, let learned = state.learned, reuse != .never else {
      throw LinearSolverState.foreign
    }
    let history = try learned.decoded(as: PreconditionerHistory.self)
    _ = try refresh(for: system, key: key)
    self.history = history
  }

  /// The number of iterations at which a solve with a reused preconditioner should be given up.
  func iterationLimit(reduction: Double) -> Int? {
    isReused ? history?.iterationLimit(reduction: reduction) : nil
  }

  /// Books a solve that reduced the residual to `reduction` of what it was.
  mutating func record(iterations: Int, reduction: Double) {
    history?.record(iterations: iterations, reduction: reduction)
  }

  /// What a solve notes where a reused preconditioner has failed.
  static func failureNote<Value>(_ outcome: IterationOutcome<Value>) -> String {
    "a reused preconditioner ended by \(outcome.status.rawValue) after \(outcome.iterations) "
      + "iterations; a new one was made"
  }
}

import OptimKit

/// The workspace of `CholeskySolver`: direct solves with a factor of the system's own, conjugate gradients with
/// that of an earlier one.
final class CholeskyWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let precision: FactorPrecision
  private let reuse: PreconditionerReuse
  private let iteration = ConjugateGradientIteration<Scalar>(maximumIterations: 1000)
  private var system: DampedSystem<Scalar>?
  private var factor: CholeskyPreconditioner<Scalar>?
  private var history: PreconditionerHistory?
  private var key: RandomKey?
  /// What the factor was made with: it draws no random numbers, but the key tells which system it is of.
  private var factorKey: RandomKey?
  /// Whether the factor is that of an earlier system.
  private var isReused = false
  private var rightHandSideBuffer: AlignedBuffer<Scalar>?
  private var solutionBuffer: AlignedBuffer<Scalar>?

  init(precision: FactorPrecision, reuse: PreconditionerReuse) {
    self.precision = precision
    self.reuse = reuse
  }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    self.key = key
    guard case .adaptive = reuse else { return try refresh(for: system) }
    let reason = reasonToRefresh(for: system)
    if let history, let factor, reason == nil {
      isReused = true
      var report = factor.report
      report.access = system.productAccess
      report.fallbacks = []
      report.decision = "kept: \(history.reasonToKeep)"
      return report
    }
    var report = try refresh(for: system)
    report.decision = reason.map { "fresh: \($0)" } ?? "fresh"
    return report
  }

  private func reasonToRefresh(for system: DampedSystem<Scalar>) -> String? {
    guard let history else { return nil }
    if let cost = system.choleskyCostInIterations, cost < Self.fewestIterations {
      return "a new factor costs about \(Int(cost.rounded(.up))) iterations"
    }
    return history.reasonToRefresh(for: system)
  }

  /// An old factor takes that many iterations at least to be of use.
  private static var fewestIterations: Double { 6 }

  private func refresh(for system: DampedSystem<Scalar>) throws -> PreparationReport {
    isReused = false
    history = nil
    // The old factor's memory becomes the new matrix.
    let fresh = try CholeskyPreconditioner(
      of: system, precision: precision, reusing: factor.take())
    factor = fresh
    factorKey = key
    if case .adaptive(let growthFactor) = reuse {
      history = PreconditionerHistory(
        of: system, cost: fresh.report.costInIterations, growthFactor: growthFactor)
    }
    return fresh.report
  }

  func saveState() -> LinearSolverState? {
    guard let history, let factorKey, factor != nil else { return nil }
    return LinearSolverState(keptKey: factorKey, learned: StoredValue(history))
  }

  func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    guard let key = state.keptKey, let system, let learned = state.learned, reuse != .never else {
      throw LinearSolverState.foreign
    }
    let history = try learned.decoded(as: PreconditionerHistory.self)
    self.key = key
    _ = try refresh(for: system)
    self.history = history
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    let rightHandSideMemory = AlignedBuffer.resize(&rightHandSideBuffer, to: system.shortCount)
    let solutionMemory = AlignedBuffer.resize(&solutionBuffer, to: system.shortCount)
    var r = rightHandSideMemory.mutableSpan
    var z = solutionMemory.mutableSpan
    try system.shortSide(of: rightHandSide, into: &r)
    let norm = Scalar.norm(r.span)
    try requireFiniteRightHandSide(norm)
    var report = SolveReport(status: .converged, rightHandSideNorm: Double(norm))
    let threshold = tolerance.threshold(rightHandSideNorm: norm)
    if norm > 0, isReused || !isDirectSolveAccurate(to: threshold / norm, of: system) {
      report = try iterate(system, r.span, norm: norm, threshold: threshold, into: &z)
    } else {
      Scalar.copy(r.span, into: &z)
      if norm > 0 {
        system.ledger.measure(.solver) { factor?.applyInverse(in: &z) }
        history?.record(iterations: 1, reduction: Double(Scalar.unitRoundoff.squareRoot()))
      }
    }
    try system.recover(from: z.span, of: rightHandSide, into: &solution)
    return report
  }

  /// A direct solve leaves a residual of a few roundoffs of the factor times κ(N), of which the ratio of pivots is
  /// an estimate from below: 1000 is the margin.
  private func isDirectSolveAccurate(
    to relativeResidual: Scalar, of system: DampedSystem<Scalar>
  ) -> Bool {
    guard let factor else { return false }
    let roundoff = factor.isInWorkingPrecision ? Scalar.unitRoundoff : Scalar(Float.unitRoundoff)
    return 1000 * roundoff * factor.amplification <= relativeResidual
  }

  private func iterate(
    _ system: DampedSystem<Scalar>, _ r: Span<Scalar>, norm: Scalar, threshold: Scalar,
    into z: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    iteration.maximumIterations =
      isReused ? history?.iterationLimit(reduction: Double(threshold / norm)) ?? 1000 : 1000
    Scalar.fill(&z, with: 0)
    var outcome = try run(system, r, threshold: threshold, into: &z)
    var notes: [String] = []
    if isReused, outcome.status != .converged {
      notes.append(
        "a reused factor ended by \(outcome.status.rawValue) after \(outcome.iterations) "
          + "iterations; a new one was made")
      let spent = outcome.iterations
      notes += try refresh(for: system).fallbacks
      iteration.maximumIterations = 1000
      Scalar.fill(&z, with: 0)
      outcome = try run(system, r, threshold: threshold, into: &z)
      outcome.iterations += spent
    } else {
      history?.record(
        iterations: outcome.iterations, reduction: Double(outcome.residualNorm / norm))
    }
    guard outcome.residualNorm < norm else {
      throw OptimKitError(
        .noConvergence,
        cause: "refinement of a direct solve leaves a residual of "
          + "\(outcome.residualNorm / norm) times that of the zero solution",
        remedy: "use a positive damping or ridge, double precision, or sketched LSQR")
    }
    if outcome.status != .converged {
      notes.append("refinement ended by \(outcome.status.rawValue) above the tolerance")
    }
    return SolveReport(
      status: outcome.status, iterations: outcome.iterations,
      relativeResidual: Double(outcome.residualNorm / norm), rightHandSideNorm: Double(norm),
      notes: notes)
  }

  private func run(
    _ system: DampedSystem<Scalar>, _ r: Span<Scalar>, threshold: Scalar,
    into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let outcome = try system.ledger.measure(.solver) {
      try iteration.solve(
        system, preconditioner: factor, rightHandSide: r, threshold: threshold, into: &z)
    }
    system.ledger.addInnerIterations(outcome.iterations)
    return outcome
  }
}

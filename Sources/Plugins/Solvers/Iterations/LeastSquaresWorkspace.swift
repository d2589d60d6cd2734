import OptimKit

/// The workspace of solvers that work on the tall matrix itself, LSQR and its kin: without normal equations,
/// the condition number is not squared.
///
/// The preconditioner R, if any, works from the right in the primal, as least squares in R x, and from the left
/// in the dual. With `.adaptive` reuse it lives across systems.
///
/// A solve is a sequence of runs. Each starts from a residual that was measured afresh by products with the
/// Jacobian and adds a correction; a run ends when the norms that its recurrences carry say that the
/// tolerance is met, and another follows where the measured residual denies it. The second run is the step
/// of iterative refinement that makes sketch-and-precondition methods backward stable (FOSSILS and SPIR,
/// arXiv 2406.03468).
///
/// A run multiplies by R⁻¹ what A multiplies next, so that its recurrences hold to u κ(R) of the residual that
/// it started from, u the unit roundoff; where that is known, a run that has come so far makes way for the next.
/// As much, u κ(R) ‖b − A x‖, is what rounding in Aᵀ(b − A x) makes of its preconditioned norm: no goal below it
/// can be met.
final class LeastSquaresWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private var kept: KeptPreconditioner<Scalar>?
  private let method: any BidiagonalizationMethod<Scalar>
  private let maximumIterations: Int
  private var process: GolubKahanProcess<Scalar>?
  private var key: RandomKey?
  private var targetBuffer: AlignedBuffer<Scalar>?
  private var shortBuffer: AlignedBuffer<Scalar>?
  private var unknownBuffer: AlignedBuffer<Scalar>?
  private var correctionBuffer: AlignedBuffer<Scalar>?

  init(
    preconditioning: (any PreconditionerStrategy)? = nil, reuse: PreconditionerReuse = .never,
    method: any BidiagonalizationMethod<Scalar>, maximumIterations: Int
  ) {
    if let preconditioning, !(preconditioning is IdentityPreconditioning) {
      kept = KeptPreconditioner(preconditioning, reuse: reuse)
    }
    self.method = method
    self.maximumIterations = maximumIterations
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.key = key
    var report = PreparationReport(access: "Jacobian products")
    if let prepared = try kept?.prepare(system, key: key) {
      report = prepared
      report.access += ", Jacobian products"
    }
    try startProcess(for: system)
    return report
  }

  func saveState() -> LinearSolverState? { kept?.state }

  func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    guard kept != nil else { throw LinearSolverState.foreign }
    try kept?.restore(state, system: system)
  }

  /// A process with the factor of the preconditioner.
  private func startProcess(for system: DampedSystem<Scalar>) throws {
    var factor: (any FactoredPreconditioner<Scalar>)?
    if let kept, let preconditioner = kept.current,
      !(preconditioner is IdentityPreconditioner<Scalar>)
    {
      factor = preconditioner as? any FactoredPreconditioner<Scalar>
      guard factor != nil else {
        throw OptimKitError(
          .missingCapability,
          cause: "the preconditioner \(kept.name) offers P⁻¹ alone, and a method that works on the "
            + "Jacobian itself needs a factor R of P = RᵀR",
          remedy:
            "choose preconditioned conjugate gradients, or make the preconditioner conform to "
            + "FactoredPreconditioner")
      }
    }
    if let old = process, old.fits(system) {
      process = GolubKahanProcess(system, factor: factor, reusing: old)
    } else {
      process = GolubKahanProcess(system, factor: factor)
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let process else { preconditionFailure("prepare before solving") }
    let system = process.operation.system
    let target = AlignedBuffer.resize(
      &targetBuffer, to: system.isDual ? 0 : system.augmentedLongCount)
    let short = AlignedBuffer.resize(&shortBuffer, to: system.shortCount)
    let unknowns = AlignedBuffer.resize(&unknownBuffer, to: process.right.count)
    var targetSpan = target.mutableSpan
    var r = short.mutableSpan
    var x = unknowns.mutableSpan
    if system.isDual {
      try system.shortSide(of: rightHandSide, into: &r)
    } else {
      process.operation.copyTarget(of: rightHandSide, into: &targetSpan)
      try process.operation.applyTransposed(targetSpan.span, into: &r)
    }
    let norm = Scalar.norm(r.span)
    try requireFiniteRightHandSide(norm)

    var outcome = IterationOutcome<Scalar>(status: .converged, iterations: 0, residualNorm: 0)
    var notes: [String] = []
    Scalar.fill(&x, with: 0)
    if norm > 0 {
      let threshold = tolerance.threshold(rightHandSideNorm: norm)
      outcome = try iterate(
        system, rightHandSide: (system.isDual ? short : target).span, norm: norm,
        threshold: threshold, notes: &notes, into: &x)
      guard outcome.status == .converged || outcome.residualNorm < norm else {
        throw OptimKitError(
          .noConvergence,
          cause: "after \(outcome.iterations) iterations the residual of a linear system is "
            + "\(outcome.residualNorm / norm) times that of the zero solution",
          remedy: "use a positive damping or ridge, a larger sketch, or the exact solver")
      }
    }
    Scalar.copy(x.span.extracting(first: system.columnCount), into: &solution)
    if system.isDual, let center = rightHandSide.center {
      Scalar.add(1, center.span, to: &solution)
    }
    if outcome.status != .converged {
      notes.append("the linear solver ended by \(outcome.status.rawValue) above its tolerance")
    }
    return SolveReport(
      status: outcome.status, iterations: outcome.iterations,
      relativeResidual: norm > 0 ? Double(outcome.residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm), notes: notes)
  }

  /// x ← the solution, from x = 0; with a new preconditioner where a reused one fails.
  private func iterate(
    _ system: DampedSystem<Scalar>, rightHandSide: Span<Scalar>, norm: Scalar, threshold: Scalar,
    notes: inout [String], into x: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    var outcome = try attempt(
      system, rightHandSide: rightHandSide, norm: norm, threshold: threshold, isStarted: false,
      into: &x)
    guard kept?.isReused == true, outcome.status != .converged, let key else { return outcome }
    notes.append(KeptPreconditioner<Scalar>.failureNote(outcome))
    notes += try kept?.refresh(for: system, key: key).fallbacks ?? []
    try startProcess(for: system)
    // What was reached is kept, where it is something: the new one solves for the correction.
    let isStarted = outcome.residualNorm < norm
    if !isStarted { Scalar.fill(&x, with: 0) }
    outcome.add(
      try attempt(
        system, rightHandSide: rightHandSide, norm: norm, threshold: threshold,
        isStarted: isStarted, into: &x))
    return outcome
  }

  /// One sequence of runs with one preconditioner.
  private func attempt(
    _ system: DampedSystem<Scalar>, rightHandSide: Span<Scalar>, norm: Scalar, threshold: Scalar,
    isStarted: Bool, into x: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    guard let process else { preconditionFailure("prepare before solving") }
    var reduction = Scalar(1)
    let outcome = try system.ledger.measure(.solver) {
      try run(
        process, rightHandSide: rightHandSide, norm: norm, threshold: threshold,
        isStarted: isStarted, reduction: &reduction, into: &x)
    }
    system.ledger.addInnerIterations(outcome.iterations)
    if kept?.isReused != true || outcome.status == .converged {
      kept?.record(iterations: outcome.iterations, reduction: Double(reduction))
    }
    return outcome
  }

  /// Runs of the method, each from the residual that the one before has left.
  ///
  /// - Parameter reduction: How far the preconditioned norm fell.
  private func run(
    _ process: GolubKahanProcess<Scalar>, rightHandSide: Span<Scalar>, norm: Scalar,
    threshold: Scalar, isStarted: Bool, reduction: inout Scalar,
    into x: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let correctionMemory = AlignedBuffer.resize(&correctionBuffer, to: x.count)
    var correction = correctionMemory.mutableSpan
    let sketchFactor = kept?.current as? SketchFactor<Scalar>
    let accuracy = sketchFactor.map {
      min(max($0.relativeAccuracy, Scalar.unitRoundoff), Self.largestAccuracy)
    }
    let zero = try process.load(rightHandSide: rightHandSide, solution: nil)
    let relative = threshold / norm
    var current = zero
    if isStarted {
      current = try process.load(rightHandSide: rightHandSide, solution: x.span)
    } else if !process.isDual, let sketchFactor {
      sketchFactor.copySketchedSolution(of: rightHandSide, into: &x)
      current = try process.load(rightHandSide: rightHandSide, solution: x.span)
      // Where the target is nearly orthogonal to the columns, or the sketch that of another system.
      if !(current.preconditioned < zero.preconditioned) {
        Scalar.fill(&x, with: 0)
        current = try process.load(rightHandSide: rightHandSide, solution: nil)
      }
    }
    let start = current.preconditioned
    let isSketched = kept?.current?.report.sketchSize != nil
    let wantsRefinement = accuracy != nil && relative <= 100 * Scalar.unitRoundoff
    var limit = maximumIterations
    if start > 0,
      let smaller = kept?.iterationLimit(
        reduction: Double(relative * zero.preconditioned / start))
    {
      limit = min(limit, smaller)
    }

    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: current.residual)
    var runs = 0
    while outcome.iterations < limit {
      // ‖b − A x‖ is the β of a process that has just been loaded, in the primal; in the dual, ‖x‖ is about
      // as large as the preconditioned norm at zero.
      let scale = process.isDual ? zero.preconditioned : process.beta
      let goal = ResidualNorms(
        residual: threshold,
        preconditioned: max(relative * zero.preconditioned, (accuracy ?? 0) * scale))
      let watch = RunWatch(
        from: current, goal: goal, relativeAccuracy: accuracy ?? Scalar.unitRoundoff,
        progress: ProgressWatch(
          initial: current.preconditioned, order: process.image.count, isSketched: isSketched))
      let used = try method.run(
        process, watch, iterationLimit: limit - outcome.iterations, into: &correction)
      process.recover(&correction)
      Scalar.add(1, correction.span, to: &x)
      outcome.iterations += used
      runs += 1
      let previous = current
      current = try process.load(rightHandSide: rightHandSide, solution: x.span)
      outcome.residualNorm = current.residual
      guard current.residual.isFinite else {
        throw OptimKitError(
          .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
          remedy: "check the model's derivatives at this point")
      }
      if start > 0 { reduction = current.preconditioned / start }
      if runs > 1 || !wantsRefinement {
        if current.residual <= threshold {
          outcome.status = .converged
          break
        }
        if current.residual > previous.residual / 2 || used == 0 {
          outcome.status = .stagnated
          break
        }
      }
    }
    return outcome
  }

  /// A run is given two digits at least.
  private static var largestAccuracy: Scalar { 0.01 }
}

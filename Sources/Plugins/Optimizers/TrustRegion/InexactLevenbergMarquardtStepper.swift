import OptimKit

/// The state of a run of the Levenberg-Marquardt method over a linear solver.
final class InexactLevenbergMarquardtStepper<Scalar: RealScalar>: TrialStepper {
  private struct State: Codable, Sendable {
    var regulation = StepRegulation()
    /// ‖∇F‖ at the first point; nil before the first step.
    var firstGradientNorm: Double?
    /// The number of systems that were prepared, which names the next.
    var systems = 0
    /// The damping of the system that the solver keeps something of.
    var anchorDamping: Scalar?
    var solver: LinearSolverState?
  }

  var point: EvaluatedPoint<Scalar>
  var next: EvaluatedPoint<Scalar>
  let objective: CountedObjective<Scalar>
  let direction: AlignedBuffer<Scalar>

  private let initialFactor: Double
  private let innerTolerance: InnerTolerance
  private let workspace: any LinearSolverWorkspace<Scalar>
  private let key: RandomKey
  private let clock = ContinuousClock()
  private var state = State()
  /// Where the solver made what it keeps, so that a resumed run can make it again.
  private var anchor: (parameters: [Scalar], damping: Scalar, key: RandomKey)?

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], initialFactor: Double,
    innerTolerance: InnerTolerance, workspace: any LinearSolverWorkspace<Scalar>, key: RandomKey
  ) throws {
    self.objective = objective
    self.initialFactor = initialFactor
    self.innerTolerance = innerTolerance
    self.workspace = workspace
    self.key = key
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    direction = AlignedBuffer(count: parameters.count)
    try point.linearize()
  }

  // MARK: Checkpoints

  func saveState() -> StepperState<Scalar> {
    var saved = state
    saved.solver = workspace.saveState()
    saved.anchorDamping = anchor?.damping
    return StepperState(
      parameters: parameters, vectors: anchor.map { [$0.parameters] } ?? [],
      values: StoredValue(saved))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    state = try saved.decodedValues(State.self) { $0.anchorDamping == nil ? 0 : 1 }
    guard let solver = state.solver else { return }
    var system: DampedSystem<Scalar>?
    if let key = solver.keptKey {
      guard let place = saved.vectors.first, let damping = state.anchorDamping else {
        throw LinearSolverState.foreign
      }
      anchor = (place, damping, key)
      system = objective.system(at: try objective.linearize(at: place.span), damping: damping)
    }
    try workspace.restore(solver, system: system)
  }

  /// Notes where the solver made what it keeps.
  private func updateAnchor(damping: Scalar) {
    if let key = workspace.saveState()?.keptKey, key != anchor?.key {
      anchor = (parameters, damping, key)
    }
  }

  // MARK: Steps

  func step() throws -> StepReport {
    let norm = Double(try gradientNorm())
    guard norm != 0 else { throw OptimKitError.converged("the gradient is zero") }
    try requireFiniteGradient(norm)
    let first = state.firstGradientNorm ?? norm
    state.firstGradientNorm = first
    if state.regulation.damping == nil {
      state.regulation.damping = initialFactor * (try curvatureAlongGradient())
    }
    var iterations = 0
    var largestReduction: Double?
    var failure: OptimKitError?
    // What the tolerance is divided by, after solutions that were none.
    var sharpness = 1.0
    let start = clock.now
    for trials in 1...100 {
      let damping = Scalar(state.regulation.damping ?? 0)
      // Raised until it overflows, it has left nothing of the step.
      guard damping.isFinite else { break }
      let solution: Solution
      do {
        solution = try solve(damping, progress: norm / first, sharpness: sharpness)
      } catch let error as OptimKitError
        where error.kind == .singularSystem || error.kind == .noConvergence
      {
        failure = error
        try raiseDamping()
        continue
      }
      iterations += solution.report.iterations
      guard let outcome = try tryOut(solution, damping) else {
        // Too inaccurate to be a step of the model, as where a dual leaves more than the gradient is.
        if solution.tolerance > 8 * Scalar.unitRoundoff {
          sharpness *= 100
        } else {
          try raiseDamping()
        }
        continue
      }
      largestReduction = largestReduction ?? outcome.predicted
      let isNoise = try largestReduction ?? 0 <= noise()
      if isNoise ? try isPolished(outcome, from: norm) : outcome.isAccepted {
        let seconds = (clock.now - start).inSeconds
        if !isNoise { update(after: outcome) }
        var report = solution.report
        report.iterations = iterations
        report.notes.append("damping \(damping), \(trials) trials")
        return StepReport(
          stepLength: 1, stepNorm: try moveToNext(), preparation: solution.preparation,
          solve: report, solverSeconds: seconds, innerTolerance: Double(solution.tolerance))
      }
      if isNoise {
        throw OptimKitError.converged("the model can reduce the loss by its rounding only")
      }
      update(after: outcome)
      guard
        outcome.norm > Double(Scalar.unitRoundoff)
          * Double(try point.parameters.norm(in: objective))
      else {
        break
      }
    }
    guard let largestReduction else {
      throw failure ?? OptimKitError.noDescent(from: point.loss, Scalar.self)
    }
    // Rounding is felt before the model says so.
    guard try largestReduction <= 1e6 * noise() else {
      throw OptimKitError.noDescent(from: point.loss, Scalar.self)
    }
    throw OptimKitError.converged("no step reduces the loss by more than its rounding")
  }

  private func update(after outcome: StepRegulation.Outcome) {
    state.regulation.update(
      .damping(factor: initialFactor), after: outcome, isUndamped: false)
  }

  /// After a solver has failed: to rounding of the system at least.
  private func raiseDamping() throws {
    let least = Double(Scalar.unitRoundoff) * (try curvatureAlongGradient())
    let regulation = state.regulation
    state.regulation.damping = max(least, (regulation.damping ?? 0) * regulation.growth)
    state.regulation.growth *= 2
  }

  /// ‖Tg‖² / ‖g‖² + λ; 1 where that is zero.
  private func curvatureAlongGradient() throws -> Double {
    let step = try point.cauchyStep()
    return step > 0 && step.isFinite ? 1 / Double(step) : 1
  }

  // MARK: Trials

  private struct Solution {
    let preparation: PreparationReport
    let report: SolveReport
    /// The relative residual that was allowed.
    let tolerance: Scalar
  }

  /// direction ← the step with μ = `damping`.
  private func solve(
    _ damping: Scalar, progress: Double, sharpness: Double
  ) throws -> Solution {
    let linearization = try point.linearize()
    let system = objective.system(at: linearization, damping: damping)
    let memory = point.parameters.memory
    let rightHandSide = try linearization.gaussNewtonRightHandSide(
      at: memory.span, of: objective, for: system,
      gradient: system.isDual ? nil : point.gradient().array)
    // What the dual leaves of its right-hand side, which does not vanish at a minimum, comes back times T.
    let relative =
      innerTolerance.relative(toProgress: progress) * (system.isDual ? min(1, progress) : 1)
    let tolerance = ResidualTolerance.relative(Scalar(relative / sharpness))
    let key = key.with(iteration: state.systems)
    state.systems += 1
    let preparation = try workspace.prepare(system, for: tolerance, key: key)
    updateAnchor(damping: damping)
    let target = direction.memory
    var span = target.mutableSpan
    let report = try workspace.solve(rightHandSide, tolerance: tolerance, into: &span)
    // A kept preconditioner that failed was made anew.
    updateAnchor(damping: damping)
    guard try direction.norm(in: objective).isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a Levenberg-Marquardt step holds NaN or infinity",
        remedy: "check the model's derivatives at this point")
    }
    let norm = Scalar(report.rightHandSideNorm)
    let allowed = tolerance.relative(toRightHandSideNorm: norm)
    try UnregularizedParameters(of: objective).correct(
      &span, of: system, by: workspace, tolerance: allowed, rightHandSideNorm: norm)
    return Solution(preparation: preparation, report: report, tolerance: allowed)
  }

  /// Moves `next` to θ + δ, and looks at the loss there; nil where −gᵀδ is below half of δᵀ(B + μI)δ, to which it is
  /// equal for an exact solution.
  private func tryOut(
    _ solution: Solution, _ damping: Scalar
  ) throws -> StepRegulation.Outcome? {
    let slope = Double(try point.gradient().dot(direction, in: objective))
    let system = objective.system(at: try point.linearize())
    var image = Scalar.zeros(system.rowCount)
    var span = image.mutableSpan
    let memory = direction.memory
    try system.apply(memory.span, into: &span)
    var square = Double(try objective.outputDot(span.span, span.span))
    if objective.ridge > 0 {
      let whole = Double(try direction.dot(direction, in: objective))
      let rest = objective.unregularizedParameters.reduce(0.0) {
        $0 + Double(memory[$1]) * Double(memory[$1])
      }
      square += Double(objective.ridge) * (whole - rest)
    }
    let norm = Double(try direction.norm(in: objective))
    guard -slope > 0.5 * (square + Double(damping) * norm * norm) else { return nil }
    placeNext()
    return StepRegulation.Outcome(
      actual: try reductionAtNext(), predicted: -slope - square / 2, slope: slope, norm: norm)
  }
}

import OptimKit

/// The state of a run of a Steihaug trust region.
final class SteihaugTrustRegionStepper<Scalar: RealScalar>: TrialStepper {
  private struct State: Codable, Sendable {
    var regulation = StepRegulation()
    /// ‖∇F‖ at the first point, in the norm of M⁻¹; nil before the first step.
    var firstGradientNorm: Double?
    /// The number of steps, which names the next preconditioner.
    var steps = 0
  }

  var point: EvaluatedPoint<Scalar>
  var next: EvaluatedPoint<Scalar>
  let objective: CountedObjective<Scalar>
  let iteration: SteihaugIteration<Scalar>
  var direction: AlignedBuffer<Scalar> { iteration.step }
  let maximumInnerIterations: Int

  private let initialRadius: Double
  private let innerTolerance: InnerTolerance
  private let preconditioning: (any PreconditionerStrategy)?
  private var preconditioner: (any Preconditioner<Scalar>)?
  private let key: RandomKey
  private var state = State()
  /// By how much the model can fall, roughly; infinite where the region has cut the first step off.
  private var largestReduction = Double.infinity
  /// Those of the step that is under way.
  private var innerIterations = 0

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], initialRadius: Double,
    innerTolerance: InnerTolerance, maximumInnerIterations: Int?,
    preconditioning: (any PreconditionerStrategy)?, key: RandomKey
  ) throws {
    self.objective = objective
    self.initialRadius = initialRadius
    self.innerTolerance = innerTolerance
    self.maximumInnerIterations = maximumInnerIterations ?? 2 * parameters.count
    self.preconditioning = preconditioning
    self.key = key
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    iteration = SteihaugIteration(parameterCount: parameters.count)
    try point.linearize()
  }

  func saveState() -> StepperState<Scalar> {
    StepperState(parameters: parameters, values: StoredValue(state))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    state = try saved.decodedValues(State.self) { _ in 0 }
  }

  func step() throws -> StepReport {
    let norm = Double(try gradientNorm())
    guard norm != 0 else { throw OptimKitError.converged("the gradient is zero") }
    try requireFiniteGradient(norm)
    let system = objective.system(at: try point.linearize())
    if let preconditioning {
      preconditioner = try preconditioning.makePreconditioner(
        for: system, key: key.with(iteration: state.steps), reusing: preconditioner.take())
    }
    innerIterations = 0
    if let report = try search(system, norm) { return report }
    // Rounding may have made the region smaller and smaller, long before the model knows.
    state.regulation = StepRegulation()
    if let report = try search(system, norm) { return report }
    // Rounding is felt before the model says so. Where the region cut the first step off, the gradient tells.
    let expected =
      largestReduction.isFinite
      ? largestReduction : Double(try point.cauchyStep()) * norm * norm / 2
    guard try expected <= 1e6 * noise() else {
      throw OptimKitError.noDescent(from: point.loss, Scalar.self)
    }
    throw OptimKitError.converged("no step reduces the loss by more than its rounding")
  }

  /// A step that reduces the loss; nil where none is found.
  private func search(_ system: DampedSystem<Scalar>, _ norm: Double) throws -> StepReport? {
    let threshold = try makeThreshold(norm)
    largestReduction = .infinity
    for trials in 1...100 {
      let solution = try solve(system, to: threshold)
      innerIterations += solution.iterations
      let outcome = try tryOut(solution)
      if trials == 1, !solution.isOnBoundary { largestReduction = outcome.predicted }
      let isNoise = try largestReduction <= noise()
      if isNoise ? try isPolished(outcome, from: norm) : outcome.isAccepted {
        if !isNoise { update(after: outcome, solution) }
        state.steps += 1
        return StepReport(
          stepLength: 1, stepNorm: try moveToNext(), preparation: preconditioner?.report,
          solve: SolveReport(
            status: solution.status, iterations: innerIterations,
            relativeResidual: solution.relativeResidual, rightHandSideNorm: norm,
            notes: [
              "\(solution.isOnBoundary ? "on the surface of" : "inside") a radius of "
                + "\(solution.radius), \(trials) trials"
            ]), innerTolerance: threshold.relative)
      }
      if isNoise {
        throw OptimKitError.converged("the model can reduce the loss by its rounding only")
      }
      update(after: outcome, solution)
      let rounding = Double(Scalar.unitRoundoff) * Double(point.parameters.norm)
      guard Double(iteration.step.norm) > rounding else { break }
    }
    return nil
  }

  /// What conjugate gradients have to reach: in the norm that they measure residuals in, and relative to the gradient.
  private func makeThreshold(_ norm: Double) throws -> (absolute: Double, relative: Double) {
    var size = norm
    if preconditioner != nil {
      iteration.begin(try point.gradient())
      size = iteration.gradientNorm(preconditioner)
    }
    let first = state.firstGradientNorm ?? size
    state.firstGradientNorm = first
    let relative = innerTolerance.relative(toProgress: size / first)
    return (relative * size, relative)
  }

  // MARK: Steps

  /// δ, in `iteration.step`.
  private func solve(
    _ system: DampedSystem<Scalar>, to threshold: (absolute: Double, relative: Double)
  ) throws -> SteihaugIteration<Scalar>.Outcome {
    let gradient = try point.gradient()
    return try objective.ledger.measure(.solver) {
      if let bounds = objective.parameterBounds {
        return try solve(
          system, in: bounds, to: threshold.relative, radius: state.regulation.radius,
          firstFactor: initialRadius)
      }
      iteration.begin(gradient)
      return try iteration.run(
        radius: state.regulation.radius, firstFactor: initialRadius,
        threshold: threshold.absolute, maximumIterations: maximumInnerIterations,
        preconditioner: preconditioner, ledger: objective.ledger
      ) { try multiply(system, $0, into: &$1) }
    }
  }

  /// result ← Bx.
  func multiply(
    _ system: DampedSystem<Scalar>, _ x: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    try system.applyUndampedNormal(x, into: &result)
    guard objective.ridge > 0 else { return }
    let kept = objective.unregularizedParameters.map { ($0, result[$0]) }
    Scalar.add(objective.ridge, x, to: &result)
    for (index, value) in kept { result[index] = value }
  }

  /// Moves `next` to θ + δ, and looks at the loss there.
  private func tryOut(
    _ solution: SteihaugIteration<Scalar>.Outcome
  ) throws -> StepRegulation.Outcome {
    let gradient = try point.gradient()
    let predicted = iteration.reduction(gradient)
    let slope = Double(gradient.dot(iteration.step))
    placeNext()
    return StepRegulation.Outcome(
      actual: try reductionAtNext(), predicted: predicted, slope: slope, norm: solution.norm)
  }

  private func update(
    after outcome: StepRegulation.Outcome, _ solution: SteihaugIteration<Scalar>.Outcome
  ) {
    state.regulation.radius = solution.radius
    // The first radius is as good as later ones: it is that of the model.
    state.regulation.isFresh = false
    state.regulation.update(
      .radius(.exact, factor: initialRadius, accuracy: 0), after: outcome,
      isUndamped: !solution.isOnBoundary)
  }
}

import OptimKit

/// The state of a Gauss-Newton run.
final class GaussNewtonStepper<Scalar: RealScalar>: Stepper {
  private(set) var parameters: [Scalar]
  private var linearization: Linearization<Scalar>

  /// Where the solver made what it keeps, so that a resumed run can make it again.
  private var anchor: (parameters: [Scalar], key: RandomKey)?

  private let objective: CountedObjective<Scalar>
  private let key: RandomKey
  private let damping: Scalar
  private let stepControl: StepControl
  private let innerTolerance: InnerTolerance
  private let workspace: any LinearSolverWorkspace<Scalar>
  /// What solves the first systems; nil once it does no longer.
  private var subsampled: SubsampledHessian<Scalar>?

  private let clock = ContinuousClock()
  private var iteration = 0
  private var firstLoss: Scalar
  private var firstRightHandSideNorm: Scalar?
  private var firstGradientNorm: Scalar?
  private var cachedGradientNorm: Scalar?
  private var cachedGradient: [Scalar]?
  /// δ; after a full step θ before it, whose memory is used again. Empty until it is needed, as `trial` is.
  private var direction: [Scalar] = []
  /// θ + αδ, of the next point, where that is not written over δ.
  private var trial: [Scalar] = []

  init(
    objective: CountedObjective<Scalar>, parameters: [Scalar], key: RandomKey, damping: Scalar,
    stepControl: StepControl, innerTolerance: InnerTolerance, rowsPerParameter: Double?,
    workspace: any LinearSolverWorkspace<Scalar>
  ) throws {
    self.objective = objective
    self.parameters = parameters
    self.key = key
    self.damping = damping
    self.stepControl = stepControl
    self.innerTolerance = innerTolerance
    self.workspace = workspace
    linearization = try objective.linearize(at: parameters.span)
    firstLoss = linearization.value
    subsampled = rowsPerParameter.flatMap {
      SubsampledHessian(
        of: objective.system(at: linearization, damping: damping), rowsPerParameter: $0)
    }
  }

  var loss: Scalar { linearization.value }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func gradientNorm() throws -> Scalar {
    if let cachedGradientNorm { return cachedGradientNorm }
    // In the primal it is the right-hand side as well, and short: it is kept.
    if cachedGradient != nil || !isDual, let gradient = try gradient() {
      return keep(gradientNorm: try objective.norm(gradient.span))
    }
    let parameters = parameters
    // Between steps the memory of the direction is free.
    let norm = try withMemory(of: &direction) { gradient in
      try objective.gradient(at: parameters.span, linearization, into: &gradient)
      return try objective.norm(gradient.span)
    }
    return keep(gradientNorm: norm)
  }

  private var isDual: Bool { objective.isDual }

  private func keep(gradientNorm norm: Scalar) -> Scalar {
    cachedGradientNorm = norm
    firstGradientNorm = firstGradientNorm ?? norm
    return norm
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func gradient() throws -> [Scalar]? {
    if let cachedGradient { return cachedGradient }
    var result = Scalar.zeros(parameters.count)
    var span = result.mutableSpan
    let parameters = parameters
    try objective.gradient(at: parameters.span, linearization, into: &span)
    cachedGradient = result
    return result
  }

  var currentLinearization: Linearization<Scalar>? { linearization }

  func saveState() -> StepperState<Scalar> {
    let solver = activeWorkspace.saveState()
    let isAnchored = solver?.keptKey != nil
    return StepperState(
      parameters: parameters,
      vectors: isAnchored ? [anchor?.parameters ?? parameters] : [],
      values: StoredValue(
        GaussNewtonState(
          iteration: iteration, firstLoss: firstLoss,
          firstRightHandSideNorm: firstRightHandSideNorm,
          firstGradientNorm: firstGradientNorm, solver: solver,
          subsampledRate: subsampled?.iterationRate)))
  }

  /// Goes on from `state`, whose parameters are those of this stepper.
  func restore(_ state: StepperState<Scalar>) throws {
    guard let values = try state.values?.decoded(as: GaussNewtonState<Scalar>.self) else {
      throw LinearSolverState.foreign
    }
    iteration = values.iteration
    firstLoss = values.firstLoss
    firstRightHandSideNorm = values.firstRightHandSideNorm
    firstGradientNorm = values.firstGradientNorm
    if let rate = values.subsampledRate {
      guard let subsampled else { throw LinearSolverState.foreign }
      subsampled.iterationRate = rate
    } else {
      subsampled = nil
    }
    guard let solver = values.solver else { return }
    var system: DampedSystem<Scalar>?
    if let key = solver.keptKey {
      guard let place = state.vectors.first, place.count == parameters.count else {
        throw LinearSolverState.foreign
      }
      anchor = (place, key)
      system = objective.system(
        at: try objective.linearize(at: place.span), damping: damping)
    }
    try activeWorkspace.restore(solver, system: system)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func step() throws -> StepReport {
    let system = objective.system(at: linearization, damping: damping)
    let parameters = parameters
    let rightHandSide = try linearization.gaussNewtonRightHandSide(
      at: parameters.span, of: objective, for: system,
      gradient: system.isDual ? nil : gradient())
    let tolerance = try makeTolerance(for: system, target: rightHandSide.target.span)
    let start = clock.now
    let (preparation, solve) = try solve(rightHandSide, of: system, to: tolerance)
    let norm = Scalar(solve.rightHandSideNorm)
    let relative = tolerance.relative(toRightHandSideNorm: norm)
    let directionNorm = try withMemory(of: &direction) { direction in
      try complete(&direction, of: system, to: relative, rightHandSideNorm: norm)
    }
    let solverSeconds = (clock.now - start).inSeconds
    firstRightHandSideNorm = firstRightHandSideNorm ?? norm
    let length = try moveAlongDirection()
    iteration += 1
    cachedGradientNorm = nil
    cachedGradient = nil
    return StepReport(
      stepLength: Double(length), stepNorm: Double(length * directionNorm),
      preparation: preparation, solve: solve, solverSeconds: solverSeconds,
      innerTolerance: Double(relative))
  }

  /// direction ← the solution, with the exact Hessian, or, at the start of a run, with its sample as long as that is
  /// cheaper.
  private func solve(
    _ rightHandSide: DampedRightHandSide<Scalar>, of system: DampedSystem<Scalar>,
    to tolerance: ResidualTolerance<Scalar>
  ) throws -> (PreparationReport, SolveReport) {
    let key = key.with(iteration: iteration)
    if let subsampled, let normalSide = rightHandSide.normalSide {
      let eta = tolerance.relative(toRightHandSideNorm: Scalar.norm(normalSide.span))
      let result = try withMemory(of: &direction) { direction in
        try subsampled.solve(rightHandSide, of: system, to: eta, key: key, into: &direction)
      }
      if let result {
        updateAnchor()
        return result
      }
      self.subsampled = nil
    }
    let preparation = try workspace.prepare(
      system, for: relativeTolerance(tolerance, of: rightHandSide, in: system), key: key)
    // First, since the anchor may be the array that becomes the direction, and would be copied.
    updateAnchor()
    let solve = try withMemory(of: &direction) { direction in
      try workspace.solve(rightHandSide, tolerance: tolerance, into: &direction)
    }
    // A kept preconditioner that failed was made anew.
    updateAnchor()
    return (preparation, solve)
  }

  /// Notes where the solver made what it keeps.
  private func updateAnchor() {
    if let key = activeWorkspace.saveState()?.keptKey, key != anchor?.key {
      anchor = (parameters, key)
    }
  }

  /// Checks a direction, and finds what a ridge that leaves some parameters out changes in it.
  ///
  /// - Returns: ‖δ‖.
  private func complete(
    _ direction: inout MutableSpan<Scalar>, of system: DampedSystem<Scalar>, to tolerance: Scalar,
    rightHandSideNorm: Scalar
  ) throws -> Scalar {
    let norm = try objective.norm(direction.span)
    // Of a direction in parts, ranks see their own.
    let isFinite =
      norm.isFinite
      || (!system.isSharded && Scalar.firstNonFiniteIndex(in: direction.span) == nil)
    guard isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "the Gauss-Newton direction holds NaN or infinity",
        remedy: "check the model's derivatives, or use a positive damping")
    }
    guard !objective.unregularizedParameters.isEmpty else { return norm }
    try UnregularizedParameters(of: objective).correct(
      &direction, of: system, by: activeWorkspace, tolerance: tolerance,
      rightHandSideNorm: rightHandSideNorm)
    return try objective.norm(direction.span)
  }

  private var activeWorkspace: any LinearSolverWorkspace<Scalar> {
    subsampled?.workspace ?? workspace
  }

  /// The residual that a linear solve may leave, relative to that of a model at the goal of the run.
  private static var shareOfGoal: Scalar { 0.3 }

  /// How many times ‖∇F‖ / ‖∇F₀‖ a solve may leave in the primal: of convex risks what is not linear leaves about as much.
  private static var toleratedMultiple: Scalar { 3 }

  /// How many times more than that is near it.
  private static var nearGoal: Scalar { 10 }

  private func makeTolerance(
    for system: DampedSystem<Scalar>, target: Span<Scalar>
  ) throws -> ResidualTolerance<Scalar> {
    let maximum: Scalar
    switch innerTolerance {
    case .fixed(let value):
      return .relative(Scalar(value))
    case .adaptive(let value):
      maximum = Scalar(value)
    }
    guard system.isDual else { return try primalTolerance(maximum) }
    guard objective.ridge > 0 else {
      let adaptive = ResidualTolerance.quadratic(
        maximum: maximum, reference: firstRightHandSideNorm ?? 0)
      guard let goal = objective.goal.relativeLoss, loss > 0 else { return adaptive }
      // The residual of the dual is the next residual of the model, but for what is not linear: far below the
      // goal of the run it is of no use.
      let enough = Self.shareOfGoal * (Scalar(goal) * firstLoss / loss).squareRoot()
      let norm = Scalar.norm(target)
      return .relative(min(maximum, max(enough, adaptive.relative(toRightHandSideNorm: norm))))
    }
    // With a ridge the dual right-hand side does not vanish at the minimum; the gradient does.
    let norm = try gradientNorm()
    let progress = firstGradientNorm.map { $0 > 0 ? norm / $0 : 1 } ?? 1
    return .relative(min(maximum, progress) * min(1, progress))
  }

  /// In the primal the right-hand side is the gradient, and what a solve leaves is the next gradient, but for what is
  /// not linear: far below the goal of the run it is of no use.
  private func primalTolerance(_ maximum: Scalar) throws -> ResidualTolerance<Scalar> {
    let adaptive = ResidualTolerance.quadratic(
      maximum: maximum, reference: (firstRightHandSideNorm ?? 0) / Self.toleratedMultiple)
    let first = firstGradientNorm.map { Double($0) }
    guard let goal = objective.goal.gradientNorm(fromFirst: first) else { return adaptive }
    let norm = try gradientNorm()
    let enough = norm > 0 ? Self.shareOfGoal * Scalar(goal) / norm : 1
    let eta = adaptive.relative(toRightHandSideNorm: norm)
    // Where the goal is near, to reach it takes a few iterations more, and to miss it another step.
    return .relative(min(maximum, eta <= Self.nearGoal * enough ? enough : eta))
  }

  /// The tolerance relative to the right-hand side, where its norm is known before the solve.
  private func relativeTolerance(
    _ tolerance: ResidualTolerance<Scalar>, of rightHandSide: borrowing DampedRightHandSide<Scalar>,
    in system: DampedSystem<Scalar>
  ) -> ResidualTolerance<Scalar> {
    guard system.isDual, rightHandSide.center == nil else { return tolerance }
    let norm = Scalar.norm(rightHandSide.target.span)
    return .relative(tolerance.relative(toRightHandSideNorm: norm))
  }

  /// Moves θ to θ + αδ, with α as the step control says; α.
  private func moveAlongDirection() throws -> Scalar {
    switch stepControl {
    case .full:
      let parameters = parameters
      let next = try withMemory(of: &direction) { point in
        Scalar.add(1, parameters.span, to: &point)
        return try objective.linearize(at: point.span)
      }
      guard next.value.isFinite else {
        throw OptimKitError(
          .nonFiniteValue, cause: "a full step leads to a loss of \(next.value)",
          remedy: "use backtracking or a positive damping, or start elsewhere")
      }
      accept(next, &direction)
      return 1
    case .backtracking(let decrease, let contraction, let trials):
      var search = try makeSearch(Scalar(decrease), Scalar(contraction))
      var length = Scalar(1)
      for number in 0..<trials {
        let next = try linearize(at: length)
        if search.accepts(next.value, at: length) {
          accept(next, &trial)
          return length
        }
        if number == 0, search.safeLength == nil {
          search.safeLength = try safeLength(along: outputChange())
        }
        length = search.next(after: length)
      }
      throw OptimKitError(
        .noConvergence,
        cause: "no step along the Gauss-Newton direction reduces the loss of \(loss)",
        remedy: "this is the accuracy that \(Scalar.typeName) allows here, or the model's "
          + "derivatives are wrong: loosen the tolerance, use damping, or check them")
    }
  }

  /// ∇F(θ)ᵀδ, and where that is (∂ℓ/∂f)ᵀJδ + λ θᵀδ, what the change Jδ of the outputs says about lengths.
  private func makeSearch(
    _ decrease: Scalar, _ contraction: Scalar
  ) throws -> ArmijoSearch<Scalar> {
    let direction = direction
    var search = ArmijoSearch<Scalar>(
      loss: loss, termCount: objective.wholeOutputCount, slope: 0, decrease: decrease,
      contraction: contraction, safeLength: nil)
    if let cachedGradient {
      search.slope = try objective.dot(cachedGradient.span, direction.span)
      return search
    }
    let change = try outputChange()
    let gradient = linearization.outputGradient
    search.slope = try objective.outputDot(gradient.span, change.span)
    if objective.ridge > 0 {
      let parameters = parameters
      search.slope += objective.ridge * (try objective.dot(parameters.span, direction.span))
      for index in objective.unregularizedParameters {
        search.slope -= objective.ridge * parameters[index] * direction[index]
      }
    }
    search.safeLength = try safeLength(along: change)
    return search
  }

  /// Jδ.
  private func outputChange() throws -> [Scalar] {
    var change = Scalar.zeros(linearization.outputs.count)
    var span = change.mutableSpan
    let direction = direction
    try objective.outputChange(along: direction.span, linearization, into: &span)
    return change
  }

  private func safeLength(along change: [Scalar]) throws -> Scalar? {
    try ArmijoSearch.safeLength(
      change.span, outputsPerSample: linearization.curvatureFactor.outputsPerBlock,
      of: objective)
  }

  /// Moves to `point`, where `next` was found; θ before it stays in its memory, to be written over.
  private func accept(_ next: Linearization<Scalar>, _ point: inout [Scalar]) {
    swap(&parameters, &point)
    linearization = next
    // The caller's array, or one that a checkpoint needs, would be copied before it is written to.
    if iteration == 0 || anchor != nil { point = [] }
  }

  /// trial ← θ + αδ, and the objective there.
  private func linearize(at length: Scalar) throws -> Linearization<Scalar> {
    let parameters = parameters
    let direction = direction
    return try withMemory(of: &trial) { trial in
      Scalar.add(length, direction.span, to: parameters.span, into: &trial)
      return try objective.linearize(at: trial.span)
    }
  }

  /// Calls `body` with one of the vectors as it is, or with zeros where there is none yet.
  private func withMemory<Result>(
    of vector: inout [Scalar], _ body: (inout MutableSpan<Scalar>) throws -> Result
  ) rethrows -> Result {
    if vector.isEmpty { vector = Scalar.zeros(parameters.count) }
    var span = vector.mutableSpan
    return try body(&span)
  }
}

import OptimKit

/// The state of a Gauss-Newton run.
final class GaussNewtonStepper<Scalar: RealScalar>: Stepper {
  private(set) var parameters: [Scalar]
  private var linearization: Linearization<Scalar>

  private let objective: CountedObjective<Scalar>
  private let key: RandomKey
  private let damping: Scalar
  private let stepControl: StepControl
  private let innerTolerance: InnerTolerance
  private let workspace: any LinearSolverWorkspace<Scalar>

  private let clock = ContinuousClock()
  private var iteration = 0
  private var firstRightHandSideNorm: Scalar?
  private var firstGradientNorm: Scalar?
  private var cachedGradientNorm: Scalar?
  private let direction: AlignedBuffer<Scalar>
  /// θ + αδ, of the next point; between steps, scratch.
  private var trial: [Scalar]

  init(
    objective: CountedObjective<Scalar>, parameters: [Scalar], key: RandomKey, damping: Scalar,
    stepControl: StepControl, innerTolerance: InnerTolerance,
    workspace: any LinearSolverWorkspace<Scalar>
  ) throws {
    self.objective = objective
    self.parameters = parameters
    self.key = key
    self.damping = damping
    self.stepControl = stepControl
    self.innerTolerance = innerTolerance
    self.workspace = workspace
    direction = AlignedBuffer(count: parameters.count)
    trial = Scalar.zeros(parameters.count)
    linearization = try objective.linearize(at: parameters.span)
  }

  var loss: Scalar { linearization.value }

  func gradientNorm() throws -> Scalar {
    if let cachedGradientNorm { return cachedGradientNorm }
    let parameters = parameters
    let norm = try withTrial { trial in
      try objective.gradient(at: parameters.span, linearization, into: &trial)
      return Scalar.norm(trial.span)
    }
    cachedGradientNorm = norm
    firstGradientNorm = firstGradientNorm ?? norm
    return norm
  }

  func step() throws -> StepReport {
    let system = objective.system(at: linearization, damping: damping)
    let rightHandSide = try makeRightHandSide(for: system)
    let tolerance = try makeTolerance(for: system)
    let start = clock.now
    let preparation = try workspace.prepare(
      system, for: relativeTolerance(tolerance, of: rightHandSide, in: system),
      key: key.with(iteration: iteration))
    let directionMemory = direction.memory
    var direction = directionMemory.mutableSpan
    let solve = try workspace.solve(rightHandSide, tolerance: tolerance, into: &direction)
    let solverSeconds = (clock.now - start).inSeconds
    guard Scalar.firstNonFiniteIndex(in: direction.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "the Gauss-Newton direction holds NaN or infinity",
        remedy: "check the model's derivatives, or use a positive damping")
    }
    let norm = Scalar(solve.rightHandSideNorm)
    try UnregularizedParameters(of: objective).correct(
      &direction, of: system, by: workspace,
      tolerance: tolerance.relative(toRightHandSideNorm: norm), rightHandSideNorm: norm)
    firstRightHandSideNorm = firstRightHandSideNorm ?? norm
    let length = try moveAlongDirection()
    iteration += 1
    cachedGradientNorm = nil
    return StepReport(
      stepLength: Double(length), stepNorm: Double(length * Scalar.norm(direction.span)),
      preparation: preparation, solve: solve, solverSeconds: solverSeconds)
  }

  /// ½‖T δ + ρ‖² + (λ/2)‖θ + δ‖² + (damping/2)‖δ‖² is, up to a constant, ½‖T δ − b‖² + (μ/2)‖δ − c‖² with
  /// b = −ρ, μ = λ + damping and c = −(λ/μ) θ.
  private func makeRightHandSide(
    for system: DampedSystem<Scalar>
  ) throws -> DampedRightHandSide<Scalar> {
    var target = try linearization.whitenedResidual()
    var targetSpan = target.mutableSpan
    Scalar.scale(&targetSpan, by: -1)
    guard objective.ridge > 0 else { return DampedRightHandSide(target: target) }
    var center = parameters
    var centerSpan = center.mutableSpan
    Scalar.scale(&centerSpan, by: -objective.ridge / system.damping)
    for index in objective.unregularizedParameters { centerSpan[index] = 0 }
    return DampedRightHandSide(target: target, center: center)
  }

  private func makeTolerance(
    for system: DampedSystem<Scalar>
  ) throws -> ResidualTolerance<Scalar> {
    let maximum: Scalar
    switch innerTolerance {
    case .fixed(let value):
      return .relative(Scalar(value))
    case .adaptive(let value):
      maximum = Scalar(value)
    }
    guard system.isDual, objective.ridge > 0 else {
      return .quadratic(maximum: maximum, reference: firstRightHandSideNorm ?? 0)
    }
    // With a ridge the dual right-hand side does not vanish at the minimum; the gradient does.
    let norm = try gradientNorm()
    let progress = firstGradientNorm.map { $0 > 0 ? norm / $0 : 1 } ?? 1
    return .relative(min(maximum, progress) * min(1, progress))
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
      let next = try linearize(at: 1)
      guard next.value.isFinite else {
        throw OptimKitError(
          .nonFiniteValue, cause: "a full step leads to a loss of \(next.value)",
          remedy: "use backtracking or a positive damping, or start elsewhere")
      }
      accept(next)
      return 1
    case .backtracking(let decrease, let contraction, let trials):
      let search = try makeSearch(Scalar(decrease), Scalar(contraction))
      var length = Scalar(1)
      for _ in 0..<trials {
        let next = try linearize(at: length)
        if search.accepts(next.value, at: length) {
          accept(next)
          return length
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

  /// ∇F(θ)ᵀδ = (∂ℓ/∂f)ᵀJδ + λ θᵀδ, and what the change Jδ of the outputs says about lengths.
  private func makeSearch(
    _ decrease: Scalar, _ contraction: Scalar
  ) throws -> ArmijoSearch<Scalar> {
    var change = Scalar.zeros(linearization.outputs.count)
    var changeSpan = change.mutableSpan
    let memory = direction.memory
    try objective.outputChange(along: memory.span, linearization, into: &changeSpan)
    var slope = Scalar.dot(linearization.outputGradient.span, change.span)
    if objective.ridge > 0 {
      let parameters = parameters
      slope += objective.ridge * Scalar.dot(parameters.span, memory.span)
      for index in objective.unregularizedParameters {
        slope -= objective.ridge * parameters[index] * memory[index]
      }
    }
    return ArmijoSearch(
      loss: loss, termCount: change.count, slope: slope, decrease: decrease,
      contraction: contraction,
      safeLength: ArmijoSearch.safeLength(
        change.span, outputsPerSample: linearization.curvatureFactor.outputsPerBlock,
        selfConcordance: objective.lossConstants.selfConcordance))
  }

  /// trial ← θ + αδ, and the objective there.
  private func linearize(at length: Scalar) throws -> Linearization<Scalar> {
    let parameters = parameters
    let memory = direction.memory
    return try withTrial { trial in
      Scalar.copy(parameters.span, into: &trial)
      Scalar.add(length, memory.span, to: &trial)
      return try objective.linearize(at: trial.span)
    }
  }

  private func withTrial<Result>(
    _ body: (inout MutableSpan<Scalar>) throws -> Result
  ) rethrows -> Result {
    var elements: [Scalar] = []
    swap(&elements, &trial)
    defer { swap(&elements, &trial) }
    var span = elements.mutableSpan
    return try body(&span)
  }

  private func accept(_ next: Linearization<Scalar>) {
    swap(&parameters, &trial)
    linearization = next
  }
}

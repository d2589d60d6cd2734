import OptimKit

/// The state of a Gauss-Newton run.
final class GaussNewtonStepper<Scalar: RealScalar>: Stepper {
  var parameters: [Scalar]
  var linearization: Linearization<Scalar>

  /// Where the solver made what it keeps, so that a resumed run can make it again.
  var anchor: (parameters: [Scalar], key: RandomKey)?

  let objective: CountedObjective<Scalar>
  private let key: RandomKey
  let damping: Scalar
  let stepControl: StepControl
  let innerTolerance: InnerTolerance
  private let workspace: any LinearSolverWorkspace<Scalar>
  /// What solves the first systems; nil once it does no longer.
  var subsampled: SubsampledHessian<Scalar>?

  private let clock = ContinuousClock()
  var iteration = 0
  var firstLoss: Scalar
  var firstRightHandSideNorm: Scalar?
  var firstGradientNorm: Scalar?
  private var cachedGradientNorm: Scalar?
  var cachedGradient: [Scalar]?
  /// δ; after a full step θ before it, whose memory is used again. Empty until it is needed, as `trial` is.
  var direction: [Scalar] = []
  /// θ + αδ, of the next point, where that is not written over δ.
  var trial: [Scalar] = []

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

  var activeWorkspace: any LinearSolverWorkspace<Scalar> {
    subsampled?.workspace ?? workspace
  }

  /// Calls `body` with one of the vectors as it is, or with zeros where there is none yet.
  func withMemory<Result>(
    of vector: inout [Scalar], _ body: (inout MutableSpan<Scalar>) throws -> Result
  ) rethrows -> Result {
    if vector.isEmpty { vector = Scalar.zeros(parameters.count) }
    var span = vector.mutableSpan
    return try body(&span)
  }
}

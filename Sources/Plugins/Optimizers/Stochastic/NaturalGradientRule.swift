import OptimKit

/// How natural gradient descent moves on a batch.
final class NaturalGradientRule<Scalar: RealScalar, Solver: LinearSolver>: BatchRule {
  private let options: NaturalGradient<Solver>
  private let key: RandomKey
  private let direction: AlignedBuffer<Scalar>
  private var workspace: any LinearSolverWorkspace<Scalar>
  private let clock = ContinuousClock()

  init(_ options: NaturalGradient<Solver>, _ count: Int, _ key: RandomKey) {
    self.options = options
    self.key = key
    direction = AlignedBuffer(count: count)
    workspace = options.solver.makeWorkspace(for: Scalar.self)
  }

  /// The last solution, which the next one stays close to where there is momentum.
  var vectors: [AlignedBuffer<Scalar>] { options.momentum > 0 ? [direction] : [] }

  func begin(at point: EvaluatedPoint<Scalar>, sampleCount: Int) {
    // So that a run that goes on from here makes the same steps, whatever solvers keep.
    workspace = options.solver.makeWorkspace(for: Scalar.self)
  }

  func move(
    _ parameters: AlignedBuffer<Scalar>, on batch: Batch<Scalar>, _ report: inout StepReport
  ) throws {
    let system = batch.objective.system(
      at: batch.linearization, damping: Scalar(options.damping))
    let (memory, target) = (parameters.memory, direction.memory)
    var rightHandSide = try batch.linearization.gaussNewtonRightHandSide(
      at: memory.span, of: batch.objective, for: system)
    addMomentum(to: &rightHandSide, damping: Scalar(options.damping), system)
    let tolerance = ResidualTolerance<Scalar>.relative(Scalar(options.innerTolerance))
    let start = clock.now
    let preparation = try workspace.prepare(
      system, for: tolerance, key: key.with(iteration: batch.number))
    var span = target.mutableSpan
    let solve = try workspace.solve(rightHandSide, tolerance: tolerance, into: &span)
    let norm = Scalar(solve.rightHandSideNorm)
    try UnregularizedParameters(of: batch.objective).correct(
      &span, of: system, by: workspace,
      tolerance: tolerance.relative(toRightHandSideNorm: norm), rightHandSideNorm: norm)
    let seconds = (clock.now - start).inSeconds
    guard Scalar.firstNonFiniteIndex(in: span.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "the direction of batch \(batch.number) holds NaN or infinity",
        remedy: "check the model's derivatives, or use a positive damping")
    }
    let length = options.step * options.schedule.factor(after: batch.epochs)
    parameters.add(Scalar(length), direction)
    report.stepLength = length
    report.preparation = preparation
    report.solve = report.solve.map { $0.followed(by: solve) } ?? solve
    report.solverSeconds = (report.solverSeconds ?? 0) + seconds
  }

  /// (λ/2)‖θ + δ‖² + (μ/2)‖δ − βφ‖² is, up to a constant, ((λ + μ)/2)‖δ − c‖² with μβφ / (λ + μ) more in c; βφ where
  /// neither a ridge nor damping holds δ.
  private func addMomentum(
    to rightHandSide: inout DampedRightHandSide<Scalar>, damping: Scalar,
    _ system: DampedSystem<Scalar>
  ) {
    guard options.momentum > 0 else { return }
    let share = system.damping > 0 ? damping / system.damping : 1
    var center = rightHandSide.center ?? Scalar.zeros(direction.count)
    let memory = direction.memory
    var span = center.mutableSpan
    Scalar.add(Scalar(options.momentum) * share, memory.span, to: &span)
    rightHandSide.center = center
  }
}

extension SolveReport {
  /// Both solves as one: iterations added up, the worse residual, and the status of the first that did not converge.
  fileprivate func followed(by other: SolveReport) -> SolveReport {
    var result = other
    result.status = status == .converged ? other.status : status
    result.iterations += iterations
    if let relativeResidual {
      result.relativeResidual = max(relativeResidual, other.relativeResidual ?? relativeResidual)
    }
    result.notes = notes + other.notes.filter { !notes.contains($0) }
    return result
  }
}

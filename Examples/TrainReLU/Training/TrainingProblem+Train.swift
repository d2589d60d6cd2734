import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins

extension TrainingProblem {
  /// Trains a fresh network with one solver; a solver that cannot solve its systems makes a result
  /// without weights.
  ///
  /// - Throws: What is wrong with the input rather than with the solver.
  func attempt(
    _ solver: SolverChoice, _ sketch: SketchChoice, _ control: RunControl = RunControl()
  ) throws -> (result: TrainingResult, weights: [Scalar]?) {
    var outcome: TrainingResult.Outcome
    var weights: [Scalar]?
    do {
      let optimizer = solver.makeOptimizer(options, sketch, width: sizes.width)
      let run = try train(optimizer, solver, control)
      outcome = .finished(run.report)
      weights = run.weights
    } catch let error as OptimKitError where error.kind == .noConvergence {
      outcome = .failed(error)
    }
    let result = TrainingResult(
      solver: solver, sketch: solver.takesSketch ? sketch : nil, outcome: outcome)
    return (result, weights)
  }

  /// Trains a fresh network with one optimizer.
  ///
  /// The time is that from data in memory to trained weights: the network is made and its start drawn
  /// inside it.
  private func train(
    _ optimizer: some Optimizer, _ solver: SolverChoice, _ control: RunControl
  ) throws -> (report: TrainingReport, weights: [Scalar]) {
    let clock = ContinuousClock()
    let begin = clock.now
    let (network, initial) = try makeNetwork()
    let span = try spanOfSamples(of: network, startingAt: initial, for: solver)
    let start = span?.initialParameters ?? initial
    let model = span?.network ?? network
    let result: OptimizationResult<Scalar>
    if let reduction = Ranks.reduction {
      let sharding = try Sharding(
        .parameters, range: network.neurons, of: sizes.width, unitLength: model.featureCount,
        reduction: reduction)
      var control = control
      try control.prepare(for: sharding)
      result = try run(optimizer, on: ShardedModel(model, sharding), from: start, control)
    } else {
      result = try run(optimizer, on: model, from: start, control)
    }
    if result.summary.iterations == 0, let error = result.reason.error { throw error }
    // A run that was cut short may have gone uphill last.
    let end = result.isConverged ? result.parameters : result.best.parameters
    let weights = span?.lift(end) ?? end
    let seconds = clock.now - begin
    let movement = Double(network.largestNeuronMovement(from: initial, to: weights))
    let report = TrainingReport(
      summary: result.summary, seconds: seconds / .seconds(1),
      score: try score(network, weights),
      largestMovement: try Ranks.reduction?.gather(movement).max() ?? movement,
      spanDimension: span?.network.featureCount)
    return (report, weights)
  }

  private func run<M: Model>(
    _ optimizer: some Optimizer, on model: M, from start: [Scalar], _ control: RunControl
  ) throws -> OptimizationResult<Scalar> where M.Scalar == Scalar {
    let objective = try EmpiricalRisk(
      model: model, loss: SquaredLoss(), targets: data.training.targets.storage,
      ridge: Scalar(options.ridge))
    let stopping = try stopping(for: objective, from: start)
    if let checkpoint = control.resumed {
      return try minimize(
        objective, resuming: checkpoint, using: optimizer, until: stopping,
        observers: control.observers, checkpoints: control.checkpoints,
        cancellation: Interruption.token)
    }
    return try minimize(
      objective, from: start, using: optimizer, until: stopping,
      observers: control.observers, checkpoints: control.checkpoints,
      cancellation: Interruption.token, seed: UInt64(options.seed))
  }

  /// The network in the span of its samples, where that saves more than going there and back costs: exact
  /// solvers take few products. A ridge acts outside of the span too.
  private func spanOfSamples(
    of network: TwoLayerReLU<Scalar>, startingAt initial: [Scalar], for solver: SolverChoice
  ) throws -> TwoLayerReLUInSpan<Scalar>? {
    let hasFewProducts = solver == .exact || solver == .automatic
    let leastRatio = hasFewProducts ? 4 : 1.5
    guard options.ridge == 0, solver.makeSolver(options.chosenSketch) != nil,
      Double(network.featureCount) >= leastRatio * Double(network.sampleCount)
    else { return nil }
    return try network.inSpanOfSamples(startingAt: initial)
  }

  /// When training ends.
  ///
  /// With a ridge the loss has a positive minimum, so the gradient decides as well. For the squared
  /// loss alone it falls as the square root of the loss.
  private func stopping(
    for objective: some Objective<Scalar>, from initial: [Scalar]
  ) throws -> [StoppingCriterion] {
    let loss = StoppingCriterion.relativeLoss(options.tolerance)
    let limits =
      [.iterations(options.maxIterations)]
      + (options.timeLimit.map { [StoppingCriterion.elapsedSeconds($0)] } ?? [])
    guard options.ridge > 0 else { return [loss] + limits }
    let counted = CountedObjective(objective)
    let point = try counted.linearize(at: initial.span)
    var gradient = initial
    var span = gradient.mutableSpan
    try counted.gradient(at: initial.span, point, into: &span)
    let norm = Double(try counted.norm(span.span))
    guard norm > 0 else { return [loss] + limits }
    return [loss, .gradientNorm(norm * options.tolerance.squareRoot())] + limits
  }
}

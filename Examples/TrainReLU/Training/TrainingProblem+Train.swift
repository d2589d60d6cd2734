import OptimKit
import OptimKitModels
import OptimKitPlugins

extension TrainingProblem {
  /// Trains a fresh network with one solver; a solver that cannot solve its systems makes a result
  /// without weights.
  ///
  /// - Throws: What is wrong with the input rather than with the solver.
  func attempt(
    _ solver: SolverChoice, _ sketch: SketchChoice, observers: [any Observer] = []
  ) throws -> (result: TrainingResult, weights: [Scalar]?) {
    var outcome: TrainingResult.Outcome
    var weights: [Scalar]?
    do {
      let optimizer = solver.makeOptimizer(options, sketch, width: sizes.width)
      let run = try train(optimizer, observers: observers)
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
    _ optimizer: some Optimizer, observers: [any Observer]
  ) throws -> (report: TrainingReport, weights: [Scalar]) {
    let clock = ContinuousClock()
    let begin = clock.now
    let (network, initial) = try makeNetwork()
    let objective = try EmpiricalRisk(
      model: network, loss: SquaredLoss(), targets: data.training.targets.storage,
      ridge: Scalar(options.ridge))
    let result = try minimize(
      objective, from: initial, using: optimizer,
      until: try stopping(for: objective, from: initial), observers: observers,
      seed: UInt64(options.seed))
    let seconds = clock.now - begin
    let report = TrainingReport(
      summary: result.summary, seconds: seconds / .seconds(1),
      score: try score(network, result.parameters),
      largestMovement: Double(
        network.largestNeuronMovement(from: initial, to: result.parameters)))
    return (report, result.parameters)
  }

  /// When training ends.
  ///
  /// With a ridge the loss has a positive minimum, so the gradient decides as well. For the squared
  /// loss alone it falls as the square root of the loss.
  private func stopping(
    for objective: EmpiricalRisk<TwoLayerReLU<Scalar>, SquaredLoss>, from initial: [Scalar]
  ) throws -> [StoppingCriterion] {
    let loss = StoppingCriterion.relativeLoss(options.tolerance)
    let limit = StoppingCriterion.iterations(options.maxIterations)
    guard options.ridge > 0 else { return [loss, limit] }
    let point = try objective.linearize(at: initial.span)
    var gradient = initial
    var span = gradient.mutableSpan
    try point.jacobian.applyTransposed(point.outputGradient.span, into: &span)
    Scalar.add(objective.ridge, initial.span, to: &span)
    let norm = Double(Scalar.norm(span.span))
    guard norm > 0 else { return [loss, limit] }
    return [loss, .gradientNorm(norm * options.tolerance.squareRoot()), limit]
  }
}

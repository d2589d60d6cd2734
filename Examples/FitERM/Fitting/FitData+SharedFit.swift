import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins

extension FitData {
  /// How ranks share out the samples; nil without MPI.
  func makeSharding(outputs: Int) throws -> Sharding? {
    guard let reduction = Ranks.reduction, let part else { return nil }
    return try Sharding(
      .samples, range: part.range, of: part.wholeCount, unitLength: outputs, reduction: reduction)
  }

  /// Fits on several ranks, each with its samples.
  ///
  /// - Throws: As the fit on one.
  func fit<Features: LinearFeatures>(
    _ model: LinearModel<Features>, over sharding: Sharding, _ loss: some Loss,
    _ solver: SolverChoice, _ options: Options, _ observers: [any Observer],
    since start: ContinuousClock.Instant
  ) throws -> Fit where Features.Scalar == Scalar {
    try Ranks.requireAlone(options.standardErrors, "standard-errors")
    try Ranks.requireAlone(options.path, "path")
    try Ranks.requireAlone(options.folds != nil, "folds")
    let objective = try EmpiricalRisk(
      model: ShardedModel(model, sharding), loss: loss, targets: outputTargets(),
      ridge: Scalar(ridge))
    func makeResult(_ outcome: FitResult.Outcome) -> FitResult {
      FitResult(
        data: name, shape: shape, loss: self.loss, solver: solver, ridge: ridge, outcome: outcome)
    }
    let atZero = try Self.gradientNorm(of: objective)
    let run: OptimizationResult<Scalar>
    do {
      let optimizer = try solver.makeOptimizer(for: objective, options)
      run = try minimize(
        objective, optimizer, observers,
        until: max(options.tolerance * atZero, .leastNormalMagnitude), options)
    } catch let error as OptimKitError
      where error.kind == .noConvergence || error.kind == .singularSystem
    {
      return (makeResult(.failed(error)), nil)
    }
    let parameters = run.isConverged ? run.parameters : run.best.parameters
    let seconds = ContinuousClock.now - start
    // Whether to go on is what all ranks decide together, in their sums.
    var certificate: ConvexCertificate?
    do {
      certificate = try ConvexCertificate(
        of: objective, at: parameters, using: AutomaticSolver(), cancellation: Interruption.token)
    } catch is CancellationError {}
    let gradientNorm = certificate?.gradientNorm ?? run.summary.history.last?.gradientNorm ?? 0
    let report = FitReport(
      summary: run.summary, seconds: seconds / .seconds(1),
      relativeGradient: atZero > 0 ? gradientNorm / atZero : 0,
      accuracy: self.loss.score == .accuracy ? try accuracy(of: model, parameters, sharding) : nil,
      deviance: self.loss.score == .deviance ? try deviance(of: objective, parameters) : nil,
      statistics: nil, path: [], certificate: certificate)
    return (makeResult(.finished(report)), try model.coefficients(from: parameters))
  }

  /// The share of samples, over all ranks, whose class is the most probable one.
  private func accuracy<Features: LinearFeatures>(
    of model: LinearModel<Features>, _ parameters: [Scalar], _ sharding: Sharding
  ) throws -> Double where Features.Scalar == Scalar {
    var outputs = Scalar.zeros(model.outputCount)
    var span = outputs.mutableSpan
    model.evaluate(at: parameters.span, into: &span)
    let own = sharding.range.isEmpty ? 0 : rightCount(outputs, model.outputsPerSample)
    let right = try sharding.reduction.gather(Double(own)).reduce(0, +)
    return right / Double(sharding.wholeCount)
  }
}

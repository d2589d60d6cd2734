import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins

extension FitData {
  /// A result with coefficients, k × d and intercepts, where the fit ran to its end.
  typealias Fit = (result: FitResult, coefficients: LinearCoefficients<Scalar>?)

  /// Fits with one solver.
  ///
  /// - Throws: What is wrong with the input rather than with the solver; `CancellationError` where it is interrupted
  ///   before there are coefficients.
  func fit(
    with solver: SolverChoice, _ options: Options, observers: [any Observer] = []
  ) throws -> Fit {
    let clock = ContinuousClock()
    let start = clock.now
    let outputs = try outputsPerSample()
    let sharding = try makeSharding(outputs: outputs)
    switch features {
    case .dense(let matrix):
      return try fit(
        LinearModel(
          features: matrix, outputsPerSample: outputs, hasIntercept: hasIntercept,
          isStandardized: isStandardized, sharding: sharding),
        sharding, loss.makeLoss(), solver, options, observers, since: start)
    case .sparse(let matrix):
      return try fit(
        LinearModel(
          features: matrix, outputsPerSample: outputs, hasIntercept: hasIntercept,
          isStandardized: isStandardized, sharding: sharding),
        sharding, loss.makeLoss(), solver, options, observers, since: start)
    }
  }

  private func fit<Features: LinearFeatures>(
    _ model: LinearModel<Features>, _ sharding: Sharding?, _ loss: some Loss,
    _ solver: SolverChoice, _ options: Options, _ observers: [any Observer],
    since start: ContinuousClock.Instant
  ) throws -> Fit where Features.Scalar == Scalar {
    if let sharding {
      return try fit(model, over: sharding, loss, solver, options, observers, since: start)
    }
    var objective = try EmpiricalRisk(
      model: model, loss: loss, targets: outputTargets(), ridge: Scalar(ridge))
    var ridge = ridge
    var path: [PathRow] = []
    func makeResult(_ outcome: FitResult.Outcome) -> FitResult {
      FitResult(
        data: name, shape: shape, loss: self.loss, solver: solver, ridge: ridge,
        outcome: outcome)
    }
    let atZero = try Self.gradientNorm(of: objective)
    let optimizer: any Optimizer
    let run: OptimizationResult<Scalar>
    do {
      optimizer = try solver.makeOptimizer(for: objective, options)
      if let count = options.folds {
        (path, ridge) = try selection(of: objective, optimizer, folds: count, options)
        objective = try objective.withRidge(Scalar(ridge))
      }
      run = try minimize(
        objective, optimizer, observers,
        // A start without a slope is a minimum.
        until: max(options.tolerance * atZero, .leastNormalMagnitude), options)
    } catch let error as OptimKitError
      where error.kind == .noConvergence || error.kind == .singularSystem
    {
      return (makeResult(.failed(error)), nil)
    }
    // A fit that was cut short may have gone uphill last.
    let parameters = run.isConverged ? run.parameters : run.best.parameters
    // What is interrupted from here on is left out; the coefficients are there.
    if options.path, options.folds == nil {
      path = try unlessInterrupted { try self.path(of: objective, optimizer, options) } ?? []
    }
    let seconds = ContinuousClock.now - start
    let certificate = try unlessInterrupted {
      try ConvexCertificate(
        of: objective, at: parameters, using: AutomaticSolver(), cancellation: Interruption.token)
    }
    let gradientNorm = certificate?.gradientNorm ?? run.summary.history.last?.gradientNorm ?? 0
    let report = FitReport(
      summary: run.summary, seconds: seconds / .seconds(1),
      relativeGradient: atZero > 0 ? gradientNorm / atZero : 0,
      accuracy: self.loss.score == .accuracy ? accuracy(of: model, parameters) : nil,
      deviance: self.loss.score == .deviance ? try deviance(of: objective, parameters) : nil,
      statistics: options.standardErrors
        ? try unlessInterrupted { try objective.coefficientStatistics(at: parameters) } : nil,
      path: path, certificate: certificate)
    return (makeResult(.finished(report)), try model.coefficients(from: parameters))
  }

  func minimize<O: Objective>(
    _ objective: O, _ optimizer: some Optimizer, _ observers: [any Observer], until norm: Double,
    _ options: Options
  ) throws -> OptimizationResult<O.Scalar> {
    try OptimKit.minimize(
      objective, from: O.Scalar.zeros(objective.parameterCount), using: optimizer,
      until: [.gradientNorm(norm), .iterations(options.maxIterations)],
      observers: Ranks.isSpeaking ? observers + options.progress.observers : [],
      cancellation: Interruption.token,
      seed: UInt64(options.seed))
  }

  private func unlessInterrupted<Value>(_ body: () throws -> Value) throws -> Value? {
    do {
      try Interruption.token.check()
      return try body()
    } catch is CancellationError {
      return nil
    }
  }

  /// ‖∇F(0)‖.
  static func gradientNorm<O: Objective>(of objective: O) throws -> Double {
    let zeros = O.Scalar.zeros(objective.parameterCount)
    let counted = CountedObjective<O.Scalar>(
      objective, ledger: RunLedger(cancellation: Interruption.token))
    var gradient = zeros
    var span = gradient.mutableSpan
    try counted.gradient(at: zeros.span, counted.linearize(at: zeros.span), into: &span)
    return Double(O.Scalar.norm(span.span))
  }

  /// The share of samples whose class is the most probable one.
  func accuracy<Features: LinearFeatures>(
    of model: LinearModel<Features>, _ parameters: [Scalar]
  ) -> Double where Features.Scalar == Scalar {
    var outputs = Scalar.zeros(model.outputCount)
    var span = outputs.mutableSpan
    model.evaluate(at: parameters.span, into: &span)
    let count = model.outputsPerSample
    let right = rightCount(outputs, count)
    return Double(right) / Double(targets.count)
  }

  /// How many samples the outputs decide right for.
  func rightCount(_ outputs: [Scalar], _ count: Int) -> Int {
    targets.indices.count { sample in
      guard count > 1 else { return (outputs[sample] > 0) == (targets[sample] > 0.5) }
      let row = outputs[sample * count..<(sample + 1) * count]
      let largest = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
      return largest - row.startIndex == Int(targets[sample])
    }
  }

  /// Twice the loss without the ridge: for the squared, Poisson and Gamma losses the deviance.
  func deviance<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, _ parameters: [Scalar]
  ) throws -> Double where M.Scalar == Scalar {
    let plain = try EmpiricalRisk(
      model: objective.model, loss: objective.loss, targets: objective.targets)
    return 2 * Double(try plain.value(at: parameters.span))
  }
}

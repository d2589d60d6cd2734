import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

/// What became of one fit.
struct FitResult {
  let problem: FitProblem
  let parameters: [Double]
  let reason: StopReason
  /// Those of a fit that came before included.
  private(set) var iterations: Int
  /// Evaluations of the function at all points, those of linearizations included.
  private(set) var evaluations: Int
  private(set) var linearizations: Int
  let seconds: Double
  /// Σ w (f − y)².
  let residualSumOfSquares: Double
  /// Nil where the loss is not the squares, or the Jacobian at the end is of no use.
  let statistics: LeastSquaresStatistics?

  /// Counts what a fit took whose parameters this one started from.
  mutating func add(_ before: FitResult) {
    iterations += before.iterations
    evaluations += before.evaluations
    linearizations += before.linearizations
  }

  var isConverged: Bool { reason.status == .converged }

  /// Digits of the worst parameter that are those of the certified one, up to the 11 that are known; nil where none are
  /// certified.
  var digits: Double? {
    problem.certified.map { Self.digits(parameters, $0.certified) }
  }

  /// The same of standard errors. Those of Lanczos1 are nothing but rounding: nil there.
  var standardErrorDigits: Double? {
    guard let certified = problem.certified, certified.name != "Lanczos1", let statistics else {
      return nil
    }
    return Self.digits(statistics.estimates.standardErrors, certified.certifiedStandardErrors)
  }

  private static func digits(_ found: [Double], _ certified: [Double]) -> Double {
    let worst = zip(found, certified).reduce(0.0) { worst, pair in
      let error = abs(pair.0 - pair.1) / abs(pair.1)
      return error.isNaN ? .infinity : max(worst, error)
    }
    return min(11, max(0, -log10(worst)))
  }
}

extension FitProblem {
  /// Fits the curve; the time is that of making the model and minimising.
  func fit(_ options: Options) throws -> FitResult {
    let clock = ContinuousClock()
    let begin = clock.now
    let model = curve.model
    guard let robustLoss else {
      return try fit(model, SquaredLoss(), options, from: initial, since: begin)
    }
    guard !robustLoss.isConvex else {
      return try fit(model, robustLoss, options, from: initial, since: begin)
    }
    // It has several minima: the right one is near that of a loss which has one.
    let convex = try SoftL1Loss(scale: robustLoss.scale)
    let before = try fit(model, convex, options, from: initial, since: begin)
    var result = try fit(model, robustLoss, options, from: before.parameters, since: begin)
    result.add(before)
    return result
  }

  private func fit(
    _ model: SampleModel, _ loss: some Loss, _ options: Options, from start: [Double],
    since begin: ContinuousClock.Instant
  ) throws -> FitResult {
    let objective = try EmpiricalRisk(model: model, loss: loss, targets: y, weights: weights)
    let strategy = options.optimizer.strategy
    let result = try minimize(
      objective, from: start, using: strategy, until: [.iterations(options.iterations)])
    let seconds = (ContinuousClock().now - begin) / .seconds(1)
    // At rounding level losses say no more which point is better: a run that has converged has it last.
    let parameters = result.isConverged ? result.parameters : result.best.parameters
    var outputs = Double.zeros(y.count)
    var span = outputs.mutableSpan
    try model.evaluate(at: parameters.span, into: &span)
    let squares = y.indices.reduce(0.0) {
      let residual = outputs[$1] - y[$1]
      return $0 + (weights?[$1] ?? 1) * residual * residual
    }
    let counts = result.summary.counts
    return FitResult(
      problem: self, parameters: parameters, reason: result.reason,
      iterations: result.summary.iterations,
      evaluations: counts.evaluations + counts.linearizations,
      linearizations: counts.linearizations, seconds: seconds, residualSumOfSquares: squares,
      statistics: robustLoss == nil ? try? statistics(of: objective, at: parameters) : nil)
  }

  private func statistics(
    of objective: some Objective<Double>, at parameters: [Double]
  ) throws -> LeastSquaresStatistics {
    try LeastSquaresStatistics(
      of: objective, at: parameters, names: parameterNames,
      variance: standardDeviations == nil ? .estimated : .known(1))
  }
}

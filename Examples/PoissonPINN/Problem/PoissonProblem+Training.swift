import ExampleSupport
import OptimKit

extension PoissonProblem {
  /// Trains the network, and measures the error of the solution on the way.
  func train(with choice: OptimizerChoice, _ options: Options) throws -> TrainingResult {
    guard let optimizer = choice.strategy(rank: options.rank) else {
      preconditionFailure("one optimizer at a time")
    }
    let seconds = options.seconds ?? options.defaultSeconds
    var stopping: [StoppingCriterion] = [.elapsedSeconds(seconds), .loss(1e-30)]
    if let limit = options.iterations ?? choice.iterations(options.dimension) {
      stopping.append(.iterations(limit))
    }
    let history = ErrorHistory(self)
    let result = try minimize(
      objective, from: start, using: optimizer, until: stopping,
      observers: [history] + options.progress.observers, cancellation: Interruption.token,
      seed: UInt64(options.seed))
    return TrainingResult(
      optimizer: choice, width: options.width, seed: options.seed,
      relativeError: try relativeError(at: result.best.parameters),
      seconds: result.summary.seconds - history.ownSeconds,
      iterations: result.summary.iterations, loss: result.best.loss,
      history: history.entries, parameters: result.best.parameters)
  }
}

/// The error of the solution against time, without the time that measuring takes.
private final class ErrorHistory: Observer {
  private let problem: PoissonProblem
  private let clock = ContinuousClock()
  private(set) var entries: [TrainingResult.Entry] = []
  private(set) var ownSeconds = 0.0

  init(_ problem: PoissonProblem) { self.problem = problem }

  /// Measures at every step of a slow optimizer, and at every hundredth of the time of a fast one.
  func runDidIterate<Scalar: RealScalar>(
    _ record: IterationRecord, at point: RunPoint<Scalar>
  ) throws {
    let seconds = record.elapsedSeconds - ownSeconds
    if let last = entries.last, seconds < last.seconds + min(0.005, last.seconds / 100) { return }
    guard let parameters = point.parameters as? [Double] else { return }
    let start = clock.now
    let error = try problem.relativeError(at: parameters)
    entries.append(.init(seconds: seconds, relativeError: error))
    ownSeconds += (clock.now - start) / .seconds(1)
  }
}

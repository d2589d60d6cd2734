import ExampleSupport
import OptimKit

extension FitData {
  /// Fits for ridges from large to small.
  ///
  /// - Throws: `CancellationError` where it is interrupted.
  func path<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, _ optimizer: some Optimizer, _ options: Options
  ) throws -> [PathRow] where M.Scalar == Scalar {
    let path = try RegularizationPath(
      of: objective, from: Scalar.zeros(objective.parameterCount), using: optimizer,
      tolerance: options.pathTolerance, observers: options.progress.observers,
      cancellation: Interruption.token, seed: UInt64(options.seed))
    return PathRow.rows(of: path)
  }

  /// Fits for ridges from large to small, and the ridge that held-out folds choose.
  ///
  /// - Throws: `CancellationError` where it is interrupted.
  func selection<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, _ optimizer: some Optimizer, folds count: Int,
    _ options: Options
  ) throws -> (rows: [PathRow], best: Double) where M.Scalar == Scalar {
    let seed = UInt64(options.seed)
    let outputs = objective.model.outputsPerSample
    let classes = (objective.loss as? any ClassificationLoss)?
      .classes(ofTargets: objective.targets, outputsPerSample: outputs)
    let selection = try RidgeSelection(
      of: objective,
      folds: try classes.map { try Folds(count, stratifiedBy: $0, seed: seed) }
        ?? Folds(count, of: objective.sampleCount, seed: seed),
      from: Scalar.zeros(objective.parameterCount), using: optimizer,
      tolerance: options.pathTolerance, observers: options.progress.observers,
      cancellation: Interruption.token, seed: seed)
    return (PathRow.rows(of: selection), selection.best.ridge)
  }
}

extension Options {
  /// When fits of paths end.
  fileprivate var pathTolerance: PathTolerance {
    PathTolerance(relativeGradientNorm: tolerance, iterations: maxIterations)
  }
}

import OptimKit

extension FitData {
  /// The path of ridges that was asked for, and the ridge that held-out folds choose; nothing where neither was.
  func path<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, _ optimizer: some Optimizer, _ options: Options
  ) throws -> (rows: [PathRow], best: Double?) where M.Scalar == Scalar {
    let start = Scalar.zeros(objective.parameterCount)
    let seed = UInt64(options.seed)
    let tolerance = PathTolerance(
      relativeGradientNorm: options.tolerance, iterations: options.maxIterations)
    if let count = options.folds {
      let outputs = objective.model.outputsPerSample
      let classes = (objective.loss as? any ClassificationLoss)?
        .classes(ofTargets: objective.targets, outputsPerSample: outputs)
      let selection = try RidgeSelection(
        of: objective,
        folds: try classes.map { try Folds(count, stratifiedBy: $0, seed: seed) }
          ?? Folds(count, of: objective.sampleCount, seed: seed),
        from: start, using: optimizer, tolerance: tolerance, seed: seed)
      return (PathRow.rows(of: selection), selection.best.ridge)
    }
    guard options.path else { return ([], nil) }
    let path = try RegularizationPath(
      of: objective, from: start, using: optimizer, tolerance: tolerance, seed: seed)
    return (PathRow.rows(of: path), nil)
  }
}

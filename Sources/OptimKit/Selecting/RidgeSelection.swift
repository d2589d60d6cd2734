/// The choice of a ridge by cross-validation: for each fold a regularisation path on the other folds, scored on the fold;
/// then one path on all samples.
///
///     let selection = try RidgeSelection(
///       of: objective, folds: Folds(5, of: n), from: start, using: .newton(solver: .exact))
///     let parameters = selection.oneStandardError.parameters
///
/// Samples are held out by giving them no weight, so that all fits share the model and its data: nothing is copied, and a
/// fit takes the time of one on all samples. What the model does to its data beforehand, such as standardising them,
/// knows all samples. Ridges are the same with fewer samples: they are not divided by n.
public struct RidgeSelection<Scalar: RealScalar>: Hashable, Sendable, Codable {
  /// Fits on all samples, from the largest ridge to the smallest.
  public let path: RegularizationPath<Scalar>
  /// Scores, one row a fold and one column a ridge of the path.
  public let scores: Matrix<Double>
  /// What the scores are.
  public let score: HeldOutScore
  /// The mean score over folds of each ridge.
  public let means: [Double]
  /// The standard error of each mean, by the spread of the folds.
  public let standardErrors: [Double]
  /// The place on the path of the best mean; the larger ridge of several.
  public let bestIndex: Int
  /// The place on the path of the largest ridge whose mean is within one standard error of the best (Breiman et al. 1984).
  public let oneStandardErrorIndex: Int

  /// The fit with the best mean score.
  public var best: RegularizationPath<Scalar>.Point { path.points[bestIndex] }

  /// The fit with the largest ridge that is as good within one standard error.
  public var oneStandardError: RegularizationPath<Scalar>.Point {
    path.points[oneStandardErrorIndex]
  }

  /// Selects.
  ///
  /// - Parameters:
  ///   - objective: What to minimise; its own ridge plays no part.
  ///   - ridges: Which ridges to try; 20 by default.
  ///   - folds: Which samples are held out together.
  ///   - score: What is measured on them; the deviance by default.
  ///   - initial: Where each path starts.
  ///   - optimizer: How to fit.
  ///   - tolerance: When fits end.
  ///   - countsParameters: Whether the path on all samples has effective numbers of parameters; true by default.
  ///   - observers: Who is told about each fit, one after the other.
  ///   - cancellation: What ends the selection from outside, besides the cancellation of the task that it is made in.
  ///   - seed: The source of all randomness but the folds'.
  /// - Complexity: That of k + 1 paths on all samples.
  /// - Throws: ``OptimKitError`` where an argument is outside its domain; what the first evaluation of a fit throws;
  ///   `CancellationError`, since nothing is selected before the last fit.
  public init<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, ridges: RidgeGrid = .logarithmic(), folds: Folds,
    score: HeldOutScore = .deviance, from initial: [Scalar], using optimizer: some Optimizer,
    tolerance: PathTolerance = PathTolerance(), countsParameters: Bool = true,
    observers: [any Observer] = [], cancellation: CancellationToken = CancellationToken(),
    seed: UInt64 = 0
  ) throws where M.Scalar == Scalar {
    try objective.requireWhole(for: "folds")
    guard folds.foldOfSample.count == objective.sampleCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "folds of \(folds.foldOfSample.count) samples for an objective of "
          + "\(objective.sampleCount)",
        remedy: "divide the samples of the objective")
    }
    let start = try PathStart(of: objective, at: initial, cancellation)
    let values = try ridges.ridges(of: start.objective, at: initial)
    let stopping: [StoppingCriterion] = [
      .gradientNorm(tolerance.relativeGradientNorm * start.gradientNorm),
      .iterations(tolerance.iterations),
    ]
    func path(_ objective: EmpiricalRisk<M, L>, _ counts: Bool) throws -> RegularizationPath<Scalar>
    {
      try RegularizationPath(
        of: objective, over: values, from: initial, using: optimizer, until: stopping,
        countsParameters: counts, observers, cancellation, seed: seed)
    }
    var scores = Matrix<Double>(rowCount: folds.count, columnCount: values.count)
    for fold in 0..<folds.count {
      func weights(where isKept: (Int) -> Bool) -> [Scalar] {
        zip(objective.weights, folds.foldOfSample).map { isKept($1) ? $0 : 0 }
      }
      let training = try path(objective.withWeights(weights { $0 != fold }), false)
      let heldOut = try objective.withRidge(0).withWeights(weights { $0 == fold })
      for (place, point) in training.points.enumerated() {
        scores[fold, place] = try score.measure(point.parameters, of: heldOut)
      }
    }
    self.path = try path(objective, countsParameters)
    self.scores = scores
    self.score = score
    let count = Double(folds.count)
    let columns = (0..<values.count).map { j in (0..<folds.count).map { scores[$0, j] } }
    let means = columns.map { $0.reduce(0, +) / count }
    standardErrors = zip(columns, means).map { column, mean in
      (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / ((count - 1) * count)).squareRoot()
    }
    let best = means.indices.reduce(0) { score.isBetter(means[$1], than: means[$0]) ? $1 : $0 }
    let error = standardErrors[best]
    let limit = score == .deviance ? means[best] + error : means[best] - error
    bestIndex = best
    oneStandardErrorIndex =
      means.indices.first { !score.isBetter(limit, than: means[$0]) } ?? best
    self.means = means
  }
}

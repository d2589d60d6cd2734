import OptimKit

/// What came of training with one solver.
struct TrainingResult: Sendable {
  /// The end of a training.
  enum Outcome: Sendable {
    /// It ran to its end, converged or not.
    case finished(TrainingReport)
    /// The solver could not even make the first step.
    case failed(OptimKitError)
  }

  /// The solver, or another optimizer.
  let solver: SolverChoice
  /// The sketch, where the solver draws one.
  let sketch: SketchChoice?
  /// What came of it.
  let outcome: Outcome

  /// Whether the tolerance was reached.
  var isConverged: Bool { report?.summary.reason.status == .converged }

  /// Whether it was interrupted.
  var isCancelled: Bool { report?.summary.reason.status == .cancelled }

  /// All about a training that ran to its end.
  var report: TrainingReport? {
    if case .finished(let report) = outcome { report } else { nil }
  }
}

/// All about a finished training but the weights.
struct TrainingReport: Sendable {
  /// The library's summary of the run.
  let summary: RunSummary
  /// Seconds from data in memory to trained weights; making the network is among them.
  let seconds: Double
  /// How well the trained network does.
  let score: Score
  /// max ‖w_r(t) − w_r(0)‖ over neurons r.
  let largestMovement: Double
  /// The dimension of the span of the samples that training took place in; nil where it was in all features.
  let spanDimension: Int?

  /// What is to be said about the run.
  var notes: [String] {
    let span = spanDimension.map {
      "trained in the span of the \($0) samples, and lifted the weights to all features"
    }
    return (span.map { [$0] } ?? []) + summary.notes
  }

  /// The largest ratio of a loss to the one before.
  var largestRatio: Double? { summary.history.compactMap(\.lossRatio).max() }
}

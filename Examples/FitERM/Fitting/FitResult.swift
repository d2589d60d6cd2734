import OptimKit

/// What came of a fit.
struct FitResult: Sendable {
  /// The end of a fit.
  enum Outcome: Sendable {
    /// It ran to its end, converged or not.
    case finished(FitReport)
    /// Not even the first step could be made.
    case failed(OptimKitError)
  }

  /// The name of the data.
  let data: String
  /// n and d.
  let shape: (samples: Int, features: Int)
  /// What was fitted.
  let loss: LossChoice
  /// How.
  let solver: SolverChoice
  /// λ.
  let ridge: Double
  /// What came of it.
  let outcome: Outcome

  /// All about a fit that ran to its end.
  var report: FitReport? {
    if case .finished(let report) = outcome { report } else { nil }
  }

  /// Whether the tolerance was reached.
  var isConverged: Bool { report?.summary.reason.status == .converged }
}

/// All about a finished fit but the coefficients.
struct FitReport: Sendable {
  /// The library's summary of the run.
  let summary: RunSummary
  /// Seconds from data in memory to coefficients.
  let seconds: Double
  /// ‖∇F‖ at the end relative to that at zero.
  let relativeGradient: Double
  /// The share of samples whose class is right; nil where there are none.
  let accuracy: Double?
  /// Twice the loss without the ridge; nil where there are classes.
  let deviance: Double?
  /// Coefficients and their standard errors; nil where they were not asked for.
  let statistics: FitStatistics?
  /// Fits for other ridges; none where they were not asked for.
  let path: [PathRow]
  /// What is known about the fit; nil where it was interrupted before.
  let certificate: ConvexCertificate?
}

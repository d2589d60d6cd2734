/// The result of a run: trained parameters and what happened on the way.
public struct OptimizationResult<Scalar: RealScalar>: Sendable {
  /// θ at the end: where the last step led that could be completed.
  public let parameters: [Scalar]
  /// The point with the lowest loss. Where no step has raised the loss, that is the last one.
  public let best: BestIterate<Scalar>
  /// Reason, history, counts and times.
  public let summary: RunSummary

  /// Why the run ended.
  public var reason: StopReason { summary.reason }
  /// Whether a criterion of success holds.
  public var isConverged: Bool { summary.reason.status == .converged }
}

/// The point of a run with the lowest loss.
public struct BestIterate<Scalar: RealScalar>: Sendable {
  /// The number of steps that led there.
  public let iteration: Int
  /// F(θ).
  public let loss: Double
  /// θ.
  public let parameters: [Scalar]
}

/// One iteration of a run, as history and observers see it.
///
/// Record 0 is the starting point.
public struct IterationRecord: Hashable, Sendable, Codable {
  /// The number of steps taken so far.
  public var iteration: Int
  /// F(θ).
  public var loss: Double
  /// F(θ) / F(θ₀).
  public var relativeLoss: Double
  /// F(θ) divided by that of the iteration before; nil in record 0.
  public var lossRatio: Double?
  /// ‖∇F(θ)‖, where a stopping criterion asks for it.
  public var gradientNorm: Double?
  /// ‖θ' − θ‖ / ‖θ'‖ of the step, where a stopping criterion asks for it.
  public var relativeStep: Double?
  /// What the step did; nil in record 0.
  public var step: StepReport?
  /// How often the expensive things happened since the run began.
  public var counts: EvaluationCounts
  /// Seconds since the run began.
  public var elapsedSeconds: Double

  /// Iterations of the linear solver in this step.
  public var innerIterations: Int { step?.solve?.iterations ?? 0 }

  /// Creates a record.
  public init(
    iteration: Int, loss: Double, relativeLoss: Double, lossRatio: Double? = nil,
    gradientNorm: Double? = nil, relativeStep: Double? = nil, step: StepReport? = nil,
    counts: EvaluationCounts = EvaluationCounts(), elapsedSeconds: Double
  ) {
    self.iteration = iteration
    self.loss = loss
    self.relativeLoss = relativeLoss
    self.lossRatio = lossRatio
    self.gradientNorm = gradientNorm
    self.relativeStep = relativeStep
    self.step = step
    self.counts = counts
    self.elapsedSeconds = elapsedSeconds
  }
}

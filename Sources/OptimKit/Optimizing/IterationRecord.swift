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
  /// What the step did; nil in record 0.
  public var step: StepReport?
  /// Seconds since the run began.
  public var elapsedSeconds: Double

  /// Iterations of the linear solver in this step.
  public var innerIterations: Int { step?.solve?.iterations ?? 0 }

  /// Creates a record.
  public init(
    iteration: Int, loss: Double, relativeLoss: Double, lossRatio: Double? = nil,
    gradientNorm: Double? = nil, step: StepReport? = nil, elapsedSeconds: Double
  ) {
    self.iteration = iteration
    self.loss = loss
    self.relativeLoss = relativeLoss
    self.lossRatio = lossRatio
    self.gradientNorm = gradientNorm
    self.step = step
    self.elapsedSeconds = elapsedSeconds
  }
}

/// An objective whose every use is counted and timed: the only way in which optimizers see objectives.
public final class CountedObjective<Scalar: RealScalar> {
  let base: any Objective<Scalar>
  private let scratch = SystemScratch<Scalar>()

  /// The number of samples, where this is a batch of another objective.
  let batchSampleCount: Int?

  /// Where work is counted and timed.
  public let ledger: RunLedger

  /// What the run is to reach: steps need not be more accurate than that takes.
  public let goal: RunGoal

  /// Wraps `base`.
  public init(
    _ base: any Objective<Scalar>, ledger: RunLedger = RunLedger(), goal: RunGoal = RunGoal()
  ) {
    self.base = base
    self.ledger = ledger
    self.goal = goal
    batchSampleCount = nil
  }

  init(batch base: any Objective<Scalar>, sampleCount: Int, ledger: RunLedger) {
    self.base = base
    self.ledger = ledger
    batchSampleCount = sampleCount
    goal = RunGoal()
  }

  /// The number of parameters p.
  public var parameterCount: Int { base.parameterCount }

  /// The number of rows n of the Jacobian.
  public var outputCount: Int { base.outputCount }

  /// λ of the term (λ/2)‖θ‖².
  public var ridge: Scalar { base.ridge }

  /// The parameters that are left out of that term.
  public var unregularizedParameters: [Int] { base.unregularizedParameters }

  /// What is known of the loss's curvature.
  public var lossConstants: LossConstants { base.lossConstants }

  /// Whether the loss is convex in the outputs.
  public var isLossConvex: Bool { base.isLossConvex }

  /// Throws where the loss is not convex.
  ///
  /// - Parameter method: What needs it, for the error.
  public func requireConvexLoss(for method: String) throws {
    guard !isLossConvex else { return }
    throw OptimKitError(
      .invalidArgument, cause: "\(method) of an objective whose loss is not convex",
      remedy: "choose a convex loss, such as Huber's, or a method that needs no convexity")
  }

  /// The box that parameters have to stay in.
  public var parameterBounds: ParameterBounds<Scalar>? { base.parameterBounds }

  /// F(θ).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func value(at parameters: Span<Scalar>) throws -> Scalar {
    try ledger.cancellation.check()
    if !bookBatchEvaluation() { ledger.counts.evaluations += 1 }
    return try ledger.measure(.model) { try base.value(at: parameters) }
  }

  /// F(θ) and all that a Gauss-Newton step needs at θ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func linearize(at parameters: Span<Scalar>) throws -> Linearization<Scalar> {
    try ledger.cancellation.check()
    if !bookBatchEvaluation() { ledger.counts.linearizations += 1 }
    return try ledger.measure(.model) { try base.linearize(at: parameters) }
  }

  /// The damped least-squares problem at a linearization, with μ = λ + `damping`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func system(
    at linearization: Linearization<Scalar>, damping: Scalar = 0
  ) -> DampedSystem<Scalar> {
    let system = DampedSystem(
      jacobian: linearization.jacobian, curvatureFactor: linearization.curvatureFactor,
      damping: ridge + damping, ledger: ledger, scratch: scratch, sharding: sharding)
    // Each parameter that a ridge leaves out takes a solve of its own, but a single one only now and then.
    let excepted = unregularizedParameters.count
    if ridge > 0, excepted > 1 { system.solveCount = 1 + excepted }
    return system
  }

  /// result ← J δ, how fast outputs change along a direction.
  ///
  /// - Complexity: One product with J.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func outputChange(
    along direction: Span<Scalar>, _ linearization: Linearization<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) throws {
    try ledger.cancellation.check()
    ledger.counts.jacobianProducts += 1
    try ledger.measure(.products) {
      try ledger.completing(&result, sharding?.side == .parameters ? sharding : nil, .products) {
        try linearization.jacobian.apply(direction, into: &$0)
      }
    }
  }

  /// result ← ∇F(θ) = Jᵀ∂ℓ/∂f + λθ.
  ///
  /// - Complexity: One product with Jᵀ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func gradient(
    at parameters: Span<Scalar>, _ linearization: Linearization<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) throws {
    try ledger.cancellation.check()
    ledger.counts.transposedJacobianProducts += 1
    try ledger.measure(.products) {
      try ledger.completing(&result, sharding?.side == .samples ? sharding : nil, .products) {
        try linearization.jacobian.applyTransposed(linearization.outputGradient.span, into: &$0)
      }
    }
    guard ridge > 0 else { return }
    let kept = unregularizedParameters.map { ($0, result[$0]) }
    Scalar.add(ridge, parameters, to: &result)
    for (index, value) in kept { result[index] = value }
  }
}

/// Fits of one objective for many ridges, each started where the one before ended.
///
///     let path = try RegularizationPath(of: objective, from: start, using: .newton(solver: .exact))
///     for point in path.points { print(point.ridge, point.deviance, point.effectiveParameterCount ?? .nan) }
public struct RegularizationPath<Scalar: RealScalar>: Hashable, Sendable, Codable {
  /// The fit for one ridge.
  public struct Point: Hashable, Sendable, Codable {
    /// λ.
    public let ridge: Double
    /// θ at the minimum.
    public let parameters: [Scalar]
    /// F(θ), ridge included.
    public let objective: Double
    /// Twice the loss without the ridge.
    public let deviance: Double
    /// tr(H⁻¹ JᵀDJ), the effective number of parameters; nil where it was not asked for.
    public let effectiveParameterCount: Double?
    /// The steps of the fit.
    public let iterations: Int
    /// Whether it reached the tolerance.
    public let isConverged: Bool
  }

  /// From the largest ridge to the smallest.
  public let points: [Point]

  /// Fits along a path.
  ///
  /// - Parameters:
  ///   - objective: What to minimise; its own ridge plays no part.
  ///   - ridges: Which ridges; 20 by default.
  ///   - initial: Where the first fit starts; zeros for a linear model.
  ///   - optimizer: How to fit.
  ///   - tolerance: When fits end.
  ///   - countsParameters: Whether effective numbers of parameters are computed, for O((n + p) p²) a fit; true by
  ///     default.
  ///   - observers: Who is told about each fit, one after the other.
  ///   - cancellation: What ends the path from outside, besides the cancellation of the task that it is fitted in.
  ///   - seed: The source of all randomness.
  /// - Complexity: That of the fits, which take few steps from a near start. The model is shared by all.
  /// - Throws: ``OptimKitError`` where an argument is outside its domain; what the first evaluation of a fit throws;
  ///   `CancellationError`, since a path that was cut short is none.
  public init<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, ridges: RidgeGrid = .logarithmic(), from initial: [Scalar],
    using optimizer: some Optimizer, tolerance: PathTolerance = PathTolerance(),
    countsParameters: Bool = true, observers: [any Observer] = [],
    cancellation: CancellationToken = CancellationToken(), seed: UInt64 = 0
  ) throws where M.Scalar == Scalar {
    try objective.requireWhole(for: "a path of ridges")
    let start = try PathStart(of: objective, at: initial, cancellation)
    let ridges = try ridges.ridges(of: start.objective, at: initial)
    try self.init(
      of: objective, over: ridges, from: initial, using: optimizer,
      until: [
        .gradientNorm(tolerance.relativeGradientNorm * start.gradientNorm),
        .iterations(tolerance.iterations),
      ], countsParameters: countsParameters, observers, cancellation, seed: seed)
  }

  /// Fits for ridges in the given order.
  init<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, over ridges: [Double], from initial: [Scalar],
    using optimizer: some Optimizer, until stopping: [StoppingCriterion], countsParameters: Bool,
    _ observers: [any Observer], _ cancellation: CancellationToken, seed: UInt64
  ) throws where M.Scalar == Scalar {
    let plain = try objective.withRidge(0)
    var parameters = initial
    points = try ridges.map { ridge in
      let penalized = try objective.withRidge(Scalar(ridge))
      let result = try minimize(
        penalized, from: parameters, using: optimizer, until: stopping, observers: observers,
        cancellation: cancellation, seed: seed)
      if result.reason.status == .cancelled { throw CancellationError() }
      parameters = result.parameters
      let count =
        countsParameters
        ? try InverseHessian(
          of: penalized, penalized.linearize(at: parameters.span), excluding: []
        ).effectiveParameterCount : nil
      return Point(
        ridge: ridge, parameters: parameters, objective: result.summary.finalLoss,
        deviance: 2 * Double(try plain.value(at: parameters.span)),
        effectiveParameterCount: count, iterations: result.summary.iterations,
        isConverged: result.isConverged)
    }
  }
}

/// An objective without its ridge where paths start, and how steep it is there.
struct PathStart<Scalar: RealScalar> {
  let objective: CountedObjective<Scalar>
  let gradientNorm: Double

  init<M: Model, L: Loss>(
    of objective: EmpiricalRisk<M, L>, at initial: [Scalar], _ cancellation: CancellationToken
  ) throws where M.Scalar == Scalar {
    guard initial.count == objective.parameterCount,
      Scalar.firstNonFiniteIndex(in: initial.span) == nil
    else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a path of \(objective.parameterCount) parameters starts at \(initial.count), or at "
          + "one that is not finite",
        remedy: "pass one finite number a parameter, such as zeros")
    }
    self.objective = CountedObjective(
      try objective.withRidge(0), ledger: RunLedger(cancellation: cancellation))
    var gradient = initial
    var span = gradient.mutableSpan
    try self.objective.gradient(
      at: initial.span, self.objective.linearize(at: initial.span), into: &span)
    // A start without a slope is a minimum.
    gradientNorm = max(Double(Scalar.norm(span.span)), .leastNormalMagnitude)
  }
}

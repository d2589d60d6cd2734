import OptimKit

/// Nesterov's accelerated gradient method: a gradient step from a point ahead on the line through the last two.
///
///     θₖ₊₁ = yₖ − ∇F(yₖ)/β,   yₖ₊₁ = θₖ₊₁ + mₖ (θₖ₊₁ − θₖ)
///
/// For an objective that is convex and β-smooth, with mₖ = (tₖ − 1)/tₖ₊₁ and tₖ₊₁ = (1 + √(1 + 4tₖ²))/2, the loss
/// exceeds its minimum by at most 2β‖θ₀ − θ*‖²/(k + 1)². Where it is μ-strongly convex, κ = β/μ, and μ is given,
/// with m = (√κ − 1)/(√κ + 1), the excess falls at least by 1 − 1/√κ a step.
///
/// Restarting forgets the momentum where it points uphill, ∇F(yₖ)ᵀ(θₖ₊₁ − θₖ) > 0; without knowing μ, the convex
/// variant then gets to about the rate of the strongly convex.
///
/// Where β is not given, it is estimated: first by the curvature of the Gauss-Newton model along the gradient, and
/// doubled wherever F(θₖ₊₁) exceeds F(yₖ) − ‖∇F(yₖ)‖²/2β.
///
/// β and μ are those of F, which is a sum over samples, not a mean.
///
/// Cost per iteration: one linearization, one product with Jᵀ, and one evaluation for each trial of β; asking for
/// the gradient norm costs another linearization and product. Storage: 7 vectors of p scalars.
///
/// Source: Nesterov, "Lectures on Convex Optimization" (2018), section 2.2; Beck and Teboulle, SIAM Journal on
/// Imaging Sciences 2 (2009); restarts: O'Donoghue and Candès, Foundations of Computational Mathematics 15 (2015).
public struct Nesterov: Optimizer {
  /// β; nil, the default, to estimate it.
  public var smoothness: Double?
  /// μ ≥ 0, for the variant for strongly convex objectives; 0, the default, for that for convex ones.
  public var strongConvexity: Double
  /// Whether to restart where the momentum points uphill; true by default.
  public var restarts: Bool

  /// Creates the optimizer.
  public init(smoothness: Double? = nil, strongConvexity: Double = 0, restarts: Bool = true) {
    self.smoothness = smoothness
    self.strongConvexity = strongConvexity
    self.restarts = restarts
  }

  /// "Nesterov".
  public var name: String { "Nesterov" }

  /// Variant, restarts and constants.
  public var details: String {
    var parts = [strongConvexity > 0 ? "strongly convex, μ = \(strongConvexity)" : "convex"]
    parts.append(smoothness.map { "β = \($0)" } ?? "β estimated")
    if restarts { parts.append("restarts") }
    return parts.joined(separator: ", ")
  }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    if let smoothness { try requirePositive(smoothness, "smoothness constant") }
    try requireNotNegative(strongConvexity, "constant of strong convexity")
    guard smoothness.map({ strongConvexity <= $0 }) ?? true else {
      throw OptimKitError(
        .invalidArgument, cause: "strong convexity \(strongConvexity) exceeds the smoothness",
        remedy: "pass the smallest and the largest curvature of the objective")
    }
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` where its loss is not convex.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try objective.requireConvexLoss(for: "Nesterov's method")
    return try NesterovStepper(objective, parameters, self)
  }
}

extension Optimizer where Self == Nesterov {
  /// Nesterov's accelerated gradient method.
  public static func nesterov(
    smoothness: Double? = nil, strongConvexity: Double = 0, restarts: Bool = true
  ) -> Self {
    Self(smoothness: smoothness, strongConvexity: strongConvexity, restarts: restarts)
  }
}

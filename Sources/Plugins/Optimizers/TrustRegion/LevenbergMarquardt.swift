import OptimKit

/// The Levenberg-Marquardt method for nonlinear least squares of small and medium size, on dense factorizations.
///
/// A step minimises ½‖A δ + r‖² + (μ/2)‖D δ‖², with r the residuals and A their Jacobian, ridge included. A D⁻¹ is
/// factored once a point, by QR and the singular value decomposition of the triangle; each μ takes O(p²) then, and
/// condition numbers are never squared. At rounding level, where losses cannot be compared any more, Gauss-Newton
/// steps go on to the last digits, or to 1e-12 of the standard errors; then a run ends as converged
/// (`OptimKitError.Kind.roundingLimit`).
///
/// Where residuals stay large, full steps converge linearly; the next is extrapolated from them (Anderson's acceleration),
/// and taken where the loss confirms it. Not where there are bounds.
///
/// Cost per iteration: a linearization, 2 n p² + 20 p³ operations, and an evaluation and O(p²) for each trial.
/// Storage: n p + 8 p² scalars. The Jacobian has to be `RowAccessible`. Bounds of the objective are respected.
///
/// Sources: Moré, The Levenberg-Marquardt algorithm: implementation and theory, 1978; Nielsen, Damping parameter in
/// Marquardt's method, 1999; Transtrum and Sethna, arXiv 1201.5885.
public struct LevenbergMarquardt: Optimizer {
  /// How the damping changes.
  public enum DampingRule: String, Hashable, Sendable, Codable {
    /// Continuous in the gain ratio (Nielsen 1999).
    case nielsen
    /// By the radius of a trust region, as MINPACK (Moré 1978), met within a thousandth: with singular values at hand that
    /// costs next to nothing.
    case minpack
  }

  /// How the damping changes; as in MINPACK by default.
  public var dampingRule: DampingRule
  /// D; that of MINPACK by default.
  public var scaling: ParameterScaling
  /// The first damping relative to the largest diagonal element of D⁻¹AᵀA D⁻¹ (`nielsen`, 1e-3 by default), or the
  /// first radius relative to ‖Dθ‖ (`minpack`, 100 by default).
  public var initialFactor: Double
  /// Where not nil, the largest ratio of twice the geodesic acceleration to the step up to which it is added; for
  /// Nielsen's rule, at one linearization more each trial. Nil by default; 0.75 is usual.
  public var accelerationLimit: Double?

  /// Creates the optimizer.
  public init(
    dampingRule: DampingRule = .minpack, scaling: ParameterScaling = .jacobian,
    initialFactor: Double? = nil, accelerationLimit: Double? = nil
  ) {
    self.dampingRule = dampingRule
    self.scaling = scaling
    self.initialFactor = initialFactor ?? (dampingRule == .nielsen ? 1e-3 : 100)
    self.accelerationLimit = accelerationLimit
  }

  /// "Levenberg-Marquardt".
  public var name: String { "Levenberg-Marquardt" }

  /// Damping, scaling and acceleration.
  public var details: String {
    "damping of \(dampingRule == .nielsen ? "Nielsen" : "MINPACK"), \(scaling.details)"
      + (accelerationLimit == nil ? "" : ", geodesic acceleration")
  }

  /// It does.
  public var supportsBounds: Bool { true }

  /// 1000 iterations: a run ends by itself where rounding allows no further step.
  public var defaultStopping: [StoppingCriterion] { [.iterations(1000)] }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(initialFactor, "initial factor")
    try scaling.validate()
    if let accelerationLimit {
      try requirePositive(accelerationLimit, "limit of the acceleration")
      guard dampingRule == .nielsen else {
        throw OptimKitError(
          .invalidArgument, cause: "geodesic acceleration with MINPACK's rule",
          remedy: "choose the damping rule .nielsen")
      }
    }
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` where typical sizes are those of another
  ///   number of parameters.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try TrustRegionStepper(
      objective, parameters,
      rule: dampingRule == .nielsen
        ? .damping(factor: initialFactor)
        : .radius(.exact, factor: initialFactor, accuracy: 1e-3),
      scaling: scaling, accelerationLimit: accelerationLimit)
  }
}

extension Optimizer where Self == LevenbergMarquardt {
  /// The Levenberg-Marquardt method.
  public static func levenbergMarquardt(
    dampingRule: LevenbergMarquardt.DampingRule = .minpack, scaling: ParameterScaling = .jacobian,
    initialFactor: Double? = nil, accelerationLimit: Double? = nil
  ) -> Self {
    Self(
      dampingRule: dampingRule, scaling: scaling, initialFactor: initialFactor,
      accelerationLimit: accelerationLimit)
  }
}

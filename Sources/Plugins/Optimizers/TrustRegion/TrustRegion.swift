import OptimKit

/// A trust region for nonlinear least squares of small and medium size, on dense factorizations: steps minimise the
/// Gauss-Newton model where ‖D δ‖ is at most a radius.
///
/// The radius changes as in MINPACK; cost, storage, rounding and bounds are those of `LevenbergMarquardt`.
///
/// Sources: Conn, Gould and Toint, Trust Region Methods, 2000; Moré and Sorensen, Computing a trust region step, 1983;
/// Powell 1970.
public struct TrustRegion: Optimizer {
  /// How the model is minimised; to high accuracy by default.
  public var subproblem: TrustRegionSubproblem
  /// D; the largest norms so far of the Jacobian's columns by default.
  public var scaling: ParameterScaling
  /// The first radius relative to ‖Dθ‖; 1 by default.
  public var initialRadius: Double

  /// Creates the optimizer.
  public init(
    subproblem: TrustRegionSubproblem = .exact, scaling: ParameterScaling = .jacobian,
    initialRadius: Double = 1
  ) {
    self.subproblem = subproblem
    self.scaling = scaling
    self.initialRadius = initialRadius
  }

  /// "trust region".
  public var name: String { "trust region" }

  /// Subproblem and scaling.
  public var details: String { "\(subproblem.rawValue), \(scaling.details)" }

  /// It does.
  public var supportsBounds: Bool { true }

  /// 1000 iterations: a run ends by itself where rounding allows no further step.
  public var defaultStopping: [StoppingCriterion] { [.iterations(1000)] }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(initialRadius, "initial radius")
    try scaling.validate()
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
      rule: .radius(subproblem, factor: initialRadius, accuracy: 1e-8), scaling: scaling)
  }
}

extension Optimizer where Self == TrustRegion {
  /// A trust region.
  public static func trustRegion(
    subproblem: TrustRegionSubproblem = .exact, scaling: ParameterScaling = .jacobian,
    initialRadius: Double = 1
  ) -> Self {
    Self(subproblem: subproblem, scaling: scaling, initialRadius: initialRadius)
  }
}

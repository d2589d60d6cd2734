import OptimKit

/// A trust region for large problems: conjugate gradients on the Gauss-Newton model, stopped at the surface of the region.
///
/// Only products with J and Jᵀ are needed, so that millions of residuals, or parameters, take a few vectors. Each step
/// minimises gᵀδ + ½ δᵀ(JᵀCCᵀJ + λI)δ over ‖δ‖ ≤ Δ as far as conjugate gradients come: to the inner tolerance, or to the
/// surface, whichever is first. With a preconditioner M the region is ‖δ‖² = δᵀMδ ≤ Δ²; `.diagonal` makes steps
/// independent of the units of the parameters, as Marquardt's scaling does. Where losses cannot be compared any more,
/// steps are taken as long as they reduce the gradient, to the last digits.
///
/// Cost per iteration: a linearization, one product with J and Jᵀ for each inner iteration, and an evaluation for each
/// trial. Storage: 10 vectors of p scalars, and that of the preconditioner. Bounds of the objective are respected,
/// without a preconditioner.
///
/// Sources: Steihaug, The conjugate gradient method and trust regions in large scale optimization, 1983; Toint, 1981;
/// Conn, Gould and Toint, Trust-Region Methods, 2000, 7.5.
public struct SteihaugTrustRegion<Preconditioning: PreconditionerStrategy>: Optimizer {
  /// M; the identity by default. Others need more outputs than parameters.
  public var preconditioning: Preconditioning
  /// The first radius relative to the length of the first step of conjugate gradients; 10 by default.
  public var initialRadius: Double
  /// How small conjugate gradients have to make ‖∇F + Bδ‖ / ‖∇F‖ inside the region; adaptive by default, at most 0.1.
  public var innerTolerance: InnerTolerance
  /// The largest number of inner iterations of a trial; twice the number of parameters where nil, the default.
  public var maximumInnerIterations: Int?

  /// Creates the optimizer.
  public init(
    preconditioning: Preconditioning, initialRadius: Double = 10,
    innerTolerance: InnerTolerance = .adaptive, maximumInnerIterations: Int? = nil
  ) {
    self.preconditioning = preconditioning
    self.initialRadius = initialRadius
    self.innerTolerance = innerTolerance
    self.maximumInnerIterations = maximumInnerIterations
  }

  /// "Steihaug trust region".
  public var name: String { "Steihaug trust region" }

  /// The preconditioner.
  public var details: String { "conjugate gradients, \(preconditioning.name) preconditioner" }

  /// Preconditioner and tolerance.
  public var settings: [RunSetting.Name: String] { [.innerTolerance: innerTolerance.words] }

  /// Without a preconditioner.
  public var supportsBounds: Bool { isPlain }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(initialRadius, "initial radius")
    try innerTolerance.validate()
    if let maximumInnerIterations {
      try requirePositive(maximumInnerIterations, "largest number of inner iterations")
    }
    try preconditioning.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` where there is a preconditioner and not more
  ///   outputs than parameters.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    guard isPlain || objective.outputCount > objective.parameterCount else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a preconditioner of the parameters' side for \(objective.outputCount) outputs and "
          + "\(objective.parameterCount) parameters",
        remedy: "leave it out, or choose Gauss-Newton, whose solvers precondition the shorter side")
    }
    return try SteihaugTrustRegionStepper(
      objective, parameters, initialRadius: initialRadius, innerTolerance: innerTolerance,
      maximumInnerIterations: maximumInnerIterations,
      preconditioning: isPlain ? nil : preconditioning, key: key)
  }

  private var isPlain: Bool { preconditioning is IdentityPreconditioning }
}

extension Optimizer {
  /// A trust region for products alone, with a preconditioner.
  public static func steihaugTrustRegion<Preconditioning: PreconditionerStrategy>(
    preconditioning: Preconditioning, initialRadius: Double = 10,
    innerTolerance: InnerTolerance = .adaptive, maximumInnerIterations: Int? = nil
  ) -> Self where Self == SteihaugTrustRegion<Preconditioning> {
    Self(
      preconditioning: preconditioning, initialRadius: initialRadius,
      innerTolerance: innerTolerance, maximumInnerIterations: maximumInnerIterations)
  }
}

extension Optimizer where Self == SteihaugTrustRegion<IdentityPreconditioning> {
  /// A trust region for products alone.
  public static func steihaugTrustRegion(
    initialRadius: Double = 10, innerTolerance: InnerTolerance = .adaptive,
    maximumInnerIterations: Int? = nil
  ) -> Self {
    Self(
      preconditioning: IdentityPreconditioning(), initialRadius: initialRadius,
      innerTolerance: innerTolerance, maximumInnerIterations: maximumInnerIterations)
  }
}

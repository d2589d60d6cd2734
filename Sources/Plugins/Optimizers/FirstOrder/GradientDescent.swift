import OptimKit

/// Gradient descent, θ ← θ − η ∇F(θ).
///
/// On an objective with Hessians between μ and β, κ = β/μ, the error falls by (κ − 1)/(κ + 1) a step with
/// η = 2/(β + μ), and at least by 1 − 1/κ with η = 1/β.
///
/// The step is in units of F, which is a sum over samples, not a mean.
///
/// Cost per iteration: one linearization and one product with Jᵀ; with backtracking, one linearization per
/// further trial, and a product with J once. Storage: 4 vectors of p scalars.
///
/// Source: Nesterov, "Lectures on Convex Optimization" (2018), section 2.1; Armijo, Pacific Journal of
/// Mathematics 16 (1966).
public struct GradientDescent: Optimizer {
  /// How far to go; backtracking by default.
  public var step: GradientStep

  /// Creates the optimizer.
  public init(step: GradientStep = .backtracking) { self.step = step }

  /// "gradient descent".
  public var name: String { "gradient descent" }

  /// How far it goes.
  public var details: String { step.details }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws { try step.validate() }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try GradientDescentStepper(objective, parameters, step)
  }
}

extension Optimizer where Self == GradientDescent {
  /// Gradient descent.
  public static func gradientDescent(step: GradientStep = .backtracking) -> Self {
    Self(step: step)
  }
}

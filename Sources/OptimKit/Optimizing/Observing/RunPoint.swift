/// Where a run is: the iterate and what is known of it. Nothing is computed or copied before it is asked for, and
/// the model is never evaluated again.
public struct RunPoint<Scalar: RealScalar> {
  private let stepper: any Stepper<Scalar>

  init(_ stepper: any Stepper<Scalar>) { self.stepper = stepper }

  /// θ.
  public var parameters: [Scalar] { stepper.parameters }

  /// F(θ).
  public var loss: Scalar { stepper.loss }

  /// The outputs f(θ); nil where the optimizer does not linearize.
  public var outputs: [Scalar]? { stepper.currentLinearization?.outputs }

  /// ρ, the whitened residual: the residual times the square root of its weight for the squared loss
  /// (`Linearization.whitenedResidual`); nil where the optimizer does not linearize.
  ///
  /// - Complexity: O(n).
  public func residual() throws -> [Scalar]? {
    try stepper.currentLinearization?.whitenedResidual()
  }

  /// ∇F(θ); nil where the optimizer knows no gradient.
  ///
  /// - Complexity: One product with Jᵀ the first time, nothing after it.
  public func gradient() throws -> [Scalar]? { try stepper.gradient() }

  /// ‖∇F(θ)‖.
  ///
  /// - Complexity: One product with Jᵀ, unless it is known.
  public func gradientNorm() throws -> Scalar { try stepper.gradientNorm() }
}

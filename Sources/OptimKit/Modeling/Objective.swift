/// A function to be minimised whose second derivative has the Gauss-Newton form JᵀCCᵀJ + λI.
///
/// ``EmpiricalRisk`` is the objective that users make. Optimizers see objectives through this protocol, so
/// that they are generic over the scalar type alone.
///
/// - Implementor must: make `linearize` agree with `value` exactly.
public protocol Objective<Scalar>: Sendable {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// The number of parameters p.
  var parameterCount: Int { get }

  /// The number of rows n of the Jacobian.
  var outputCount: Int { get }

  /// The number of samples that the objective is a sum over; `outputCount` unless it says otherwise.
  var sampleCount: Int { get }

  /// λ of the term (λ/2)‖θ‖².
  var ridge: Scalar { get }

  /// The parameters that are left out of that term; none by default.
  var unregularizedParameters: [Int] { get }

  /// What is known of the loss's curvature; nothing by default.
  var lossConstants: LossConstants { get }

  /// Whether the loss is convex in the outputs, as methods for convex objectives need; true by default.
  var isLossConvex: Bool { get }

  /// The box that parameters have to stay in; none by default.
  var parameterBounds: ParameterBounds<Scalar>? { get }

  /// How the objective is held in parts; nil, the default, where it is whole.
  var sharding: Sharding? { get }

  /// F(θ). NaN or infinity where the objective is not defined.
  func value(at parameters: Span<Scalar>) throws -> Scalar

  /// F(θ) and all that a Gauss-Newton step needs at θ.
  func linearize(at parameters: Span<Scalar>) throws -> Linearization<Scalar>
}

extension Objective {
  /// The number of outputs.
  public var sampleCount: Int { outputCount }

  /// None.
  public var unregularizedParameters: [Int] { [] }

  /// Nothing.
  public var lossConstants: LossConstants { LossConstants() }

  /// Convex.
  public var isLossConvex: Bool { true }

  /// None.
  public var parameterBounds: ParameterBounds<Scalar>? { nil }

  /// Whole.
  public var sharding: Sharding? { nil }
}

/// An objective at one point: value, Jacobian, and the loss's derivatives with respect to the outputs.
public struct Linearization<Scalar: RealScalar> {
  /// F(θ), the ridge term included.
  public let value: Scalar

  /// The outputs f(θ).
  public let outputs: [Scalar]

  /// The Jacobian of the outputs.
  public let jacobian: any JacobianProvider<Scalar>

  /// The derivative of the loss with respect to each output.
  public let outputGradient: [Scalar]

  /// C; C Cᵀ is the curvature of the loss with respect to the outputs.
  public let curvatureFactor: CurvatureFactor<Scalar>

  /// Creates a linearization from its parts.
  public init(
    value: Scalar, outputs: [Scalar], jacobian: any JacobianProvider<Scalar>,
    outputGradient: [Scalar], curvatureFactor: CurvatureFactor<Scalar>
  ) {
    self.value = value
    self.outputs = outputs
    self.jacobian = jacobian
    self.outputGradient = outputGradient
    self.curvatureFactor = curvatureFactor
  }

  /// ρ with Cρ = ∂ℓ/∂f: for the squared loss, the residual times the square root of its weight.
  ///
  /// - Complexity: O(n).
  /// - Throws: ``OptimKitError`` where a loss has a slope but no curvature, so that no step is defined.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func whitenedResidual() throws -> [Scalar] {
    var result = outputGradient
    var span = result.mutableSpan
    if let index = curvatureFactor.solve(in: &span) {
      throw OptimKitError(
        .singularSystem,
        cause: "the loss has a slope but no curvature at output \(index)",
        remedy: "use a loss with positive curvature, or start from smaller outputs")
    }
    return result
  }
}

import OptimKit

/// A stepper whose place is one evaluated point.
protocol PointStepper<Scalar>: Stepper {
  /// θ, and what is known of the objective there.
  var point: EvaluatedPoint<Scalar> { get }
}

extension PointStepper {
  var parameters: [Scalar] { point.parameters.array }
  var loss: Scalar { point.loss }

  func gradientNorm() throws -> Scalar { try point.gradientNorm() }
  func gradient() throws -> [Scalar]? { try point.gradient().array }
  var currentLinearization: Linearization<Scalar>? { point.linearization }
}

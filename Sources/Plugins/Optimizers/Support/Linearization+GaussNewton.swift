import OptimKit

extension Linearization {
  /// What a Gauss-Newton step solves for: ½‖T δ + ρ‖² + (λ/2)‖θ + δ‖² + (damping/2)‖δ‖² is, up to a constant,
  /// ½‖T δ − b‖² + (μ/2)‖δ − c‖² with b = −ρ, μ = λ + damping and c = −(λ/μ) θ.
  func gaussNewtonRightHandSide(
    at parameters: Span<Scalar>, ridge: Scalar, for system: DampedSystem<Scalar>
  ) throws -> DampedRightHandSide<Scalar> {
    var target = try whitenedResidual()
    var targetSpan = target.mutableSpan
    Scalar.scale(&targetSpan, by: -1)
    guard ridge > 0 else { return DampedRightHandSide(target: target) }
    var center = Scalar.zeros(parameters.count)
    var centerSpan = center.mutableSpan
    Scalar.add(-ridge / system.damping, parameters, to: &centerSpan)
    return DampedRightHandSide(target: target, center: center)
  }
}

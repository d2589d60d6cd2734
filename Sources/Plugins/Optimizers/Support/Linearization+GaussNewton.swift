import OptimKit

extension Linearization {
  /// What a Gauss-Newton step solves for: ½‖T δ + ρ‖² + (λ/2)‖θ + δ‖² + (damping/2)‖δ‖² is, up to a constant,
  /// ½‖T δ − b‖² + (μ/2)‖δ − c‖² with b = −ρ, μ = λ + damping and c = −(λ/μ) θ, or 0 for parameters that the ridge
  /// leaves out. In the primal Tᵀb + μc is −∇F(θ): `gradient`, where that is known.
  func gaussNewtonRightHandSide(
    at parameters: Span<Scalar>, of objective: CountedObjective<Scalar>,
    for system: DampedSystem<Scalar>, gradient: [Scalar]? = nil
  ) throws -> DampedRightHandSide<Scalar> {
    var target = try whitenedResidual()
    var targetSpan = target.mutableSpan
    Scalar.scale(&targetSpan, by: -1)
    var normalSide = gradient
    if normalSide != nil {
      var span = normalSide!.mutableSpan
      Scalar.scale(&span, by: -1)
    }
    guard objective.ridge > 0 else {
      return DampedRightHandSide(target: target, normalSide: normalSide)
    }
    var center = Scalar.zeros(parameters.count)
    var centerSpan = center.mutableSpan
    Scalar.add(-objective.ridge / system.damping, parameters, to: &centerSpan)
    for index in objective.unregularizedParameters { centerSpan[index] = 0 }
    return DampedRightHandSide(target: target, center: center, normalSide: normalSide)
  }
}

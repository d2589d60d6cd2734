import OptimKit

extension TrustRegionStepper {
  /// The step with half of its second derivative along the path that the model bends (Transtrum and Sethna 2012),
  /// where that is at most the limit times the step. Not where there are bounds, which the points in between might
  /// leave.
  func accelerated(
    _ proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> StepProposal {
    guard let accelerationLimit, case .damping = rule, let damping = regulation.damping,
      objective.parameterBounds == nil
    else { return proposal }
    // h of their paper.
    let length = 0.1
    let memory = direction.memory
    var span = memory.mutableSpan
    Scalar.copy(model.decomposed.step(proposal.coordinates).span, into: &span)
    next.place(at: point, plus: Scalar(length), direction)
    let linearization = try next.linearize()
    guard linearization.value.isFinite else { return proposal }
    let parameters = next.parameters.memory
    let projected = model.decomposed.project(
      try LinearizedResiduals.residuals(linearization, at: parameters.span, of: objective))
    let coordinates = model.coordinates
    let second = projected.indices.map {
      2 / length
        * ((projected[$0] - coordinates.coefficients[$0]) / length
          - coordinates.values[$0] * proposal.coordinates[$0])
    }
    let acceleration = coordinates.solve(second, damping: damping).map { $0 / 2 }
    let norm = 2 * SpectralCoordinates.norm(acceleration)
    guard norm.isFinite, norm <= accelerationLimit * proposal.norm else { return proposal }
    return StepProposal(
      coordinates: zip(proposal.coordinates, acceleration).map { $0 + $1 },
      label: proposal.label + ", accelerated")
  }
}

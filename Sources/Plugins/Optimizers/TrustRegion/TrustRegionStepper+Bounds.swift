import OptimKit

extension TrustRegionStepper {
  /// δ, by how much the model falls along it, its slope, and ‖Dδ‖.
  func feasibleStep(
    _ proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> ([Scalar], Double, Double, Double) {
    let step = model.decomposed.step(proposal.coordinates)
    let unbounded = (
      step, model.coordinates.reduction(of: proposal.coordinates),
      model.coordinates.slope(along: proposal.coordinates), proposal.norm
    )
    guard let bounds = objective.parameterBounds else { return unbounded }
    // A probe is cut off by the box: its loss tells what it is worth.
    if case .probing = rule { return unbounded }
    let parameters = parameters
    let isInside = step.indices.allSatisfy {
      let end = parameters[$0] + step[$0]
      return bounds.lower[$0] <= end && end <= bounds.upper[$0]
    }
    guard !isInside else { return unbounded }
    var rest = regulation
    let bounded = try BoundedStep(
      step, from: parameters, in: bounds, model, ledger: objective.ledger
    ) { coordinates, norm in
      if let radius = regulation.radius {
        rest.radius = max(0.1 * radius, max(0, radius * radius - norm * norm).squareRoot())
      }
      return rest.proposals(rule, coordinates)[0].coordinates
    }
    return (bounded.step, bounded.predicted, bounded.slope, bounded.norm)
  }
}

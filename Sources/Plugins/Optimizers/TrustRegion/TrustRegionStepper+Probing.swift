import OptimKit

extension TrustRegionStepper {
  /// The best of many steps; nil where none reduces the loss.
  func probe(
    _ model: LocalModel<Scalar>, _ probes: StepProbes, _ trials: inout Int
  ) throws -> StepProposal? {
    let coordinates = model.coordinates
    let proposals = regulation.proposals(rule, coordinates)
    var best: (reduction: Double, step: StepProposal, damping: Double?)?
    var isClimbing = true
    for (index, proposal) in proposals.enumerated() {
      let outcome = try evaluate(proposal, model)
      trials += 1
      guard outcome.actual > 0 else {
        if case .gainRatio = probes.selection, best != nil, index < probes.dampingCount {
          isClimbing = false
        }
        continue
      }
      let damping = probes.damping(index)
      switch probes.selection {
      case .lowestLoss:
        if outcome.actual > best?.reduction ?? 0 { best = (outcome.actual, proposal, damping) }
      case .gainRatio(let ratio):
        guard isClimbing else { continue }
        if outcome.ratio >= ratio {
          if damping != nil || best == nil { best = (outcome.actual, proposal, damping) }
        } else if best != nil {
          isClimbing = false
        }
      }
    }
    if case .lowestLoss = probes.selection, let center = best?.damping {
      var center = center
      for round in 1...max(1, probes.refinementCount) where round <= probes.refinementCount {
        for (damping, proposal) in probes.refinements(of: center, round: round, coordinates) {
          let outcome = try evaluate(proposal, model)
          trials += 1
          if outcome.actual > best?.reduction ?? 0 {
            best = (outcome.actual, proposal, damping)
            center = damping
          }
        }
      }
    }
    if let best { return best.step }
    for proposal in probes.shorterProposals(coordinates) {
      trials += 1
      if try evaluate(proposal, model).actual > 0 { return proposal }
    }
    return nil
  }
}

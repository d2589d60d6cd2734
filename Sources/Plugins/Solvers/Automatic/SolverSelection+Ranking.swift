import OptimKit

extension SolverSelection {
  /// The selection of the first of a ranking.
  init<Scalar>(
    _ ranking: CostModel<Scalar>.Ranking, chosen: Int = 0, system: DampedSystem<Scalar>,
    tolerance: Double, reason: String
  ) {
    func alternative(_ estimate: CostModel<Scalar>.Estimate) -> Alternative {
      Alternative(
        name: estimate.method.name, sketchSize: estimate.sketchSize,
        estimatedIterations: Int(estimate.iterations), estimatedSeconds: estimate.seconds,
        remark: estimate.remark)
    }
    var others = ranking.open
    let selected = others.remove(at: chosen)
    self.init(
      system: "\(system.isDual ? "dual" : "primal") system of order \(system.shortCount), "
        + "\(system.wholeLongCount) long",
      tolerance: tolerance, chosen: alternative(selected),
      alternatives: others.map(alternative)
        + ranking.closed.map { Alternative(name: $0.method.name, remark: $0.reason) },
      reason: reason)
  }
}

import OptimKit

/// The state of a run of Levenberg-Marquardt, of a trust region or of a spectral trust region: they differ in how
/// steps are made (`StepRule`), not in how they are judged.
///
/// Where the model can reduce the loss by no more than its rounding, differences of losses say nothing: Gauss-Newton
/// steps are taken as long as they reduce what is left of the residuals in the range of the Jacobian. That gives
/// parameters to the last digits that the residuals allow, where comparing losses gives half of them.
final class TrustRegionStepper<Scalar: RealScalar>: PointStepper {
  private struct State: Codable, Sendable {
    var regulation: StepRegulation
    var hasScale: Bool
  }

  private(set) var point: EvaluatedPoint<Scalar>
  private var next: EvaluatedPoint<Scalar>
  let objective: CountedObjective<Scalar>
  let rule: StepRule
  private let scaling: ParameterScaling
  private let accelerationLimit: Double?
  private var regulation = StepRegulation()
  /// D of the point before; empty at the first.
  private var scale: [Scalar] = []
  private var model: LocalModel<Scalar>?
  private let direction: AlignedBuffer<Scalar>

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], rule: StepRule,
    scaling: ParameterScaling, accelerationLimit: Double? = nil
  ) throws {
    try scaling.requireCount(parameters.count)
    self.objective = objective
    self.rule = rule
    self.scaling = scaling
    self.accelerationLimit = accelerationLimit
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    direction = AlignedBuffer(count: parameters.count)
    try point.linearize()
  }

  func saveState() -> StepperState<Scalar> {
    StepperState(
      parameters: parameters, vectors: scale.isEmpty ? [] : [scale],
      values: StoredValue(State(regulation: regulation, hasScale: !scale.isEmpty)))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    regulation = try saved.decodedValues(State.self) { $0.hasScale ? 1 : 0 }.regulation
    scale = saved.vectors.first ?? []
  }

  func step() throws -> StepReport {
    let model = try currentModel()
    let coordinates = model.coordinates
    guard coordinates.largestReduction > 0 else {
      throw OptimKitError.converged("the gradient is zero")
    }
    if regulation.isFresh { begin(model) }
    if coordinates.largestReduction <= model.noise { return try polish(model) }
    var trials = 0
    while true {
      if case .probing(let probes) = rule {
        guard let best = try probe(model, probes, &trials) else { break }
        return try accept(best, model, trials: trials)
      }
      let proposal = regulation.proposals(rule, coordinates)[0]
      let step = try accelerated(proposal, model)
      trials += 1
      let outcome = try evaluate(step, model)
      regulation.update(
        rule, after: outcome,
        isUndamped: proposal.norm == SpectralCoordinates.norm(coordinates.damped(by: 0)))
      if outcome.isAccepted { return try accept(nil, model, label: proposal.label, trials: trials) }
      if isNegligible(proposal, model) || trials >= 100 { break }
    }
    // Rounding is felt before the model says so.
    guard coordinates.largestReduction <= 1e6 * model.noise else {
      throw OptimKitError.noDescent(from: point.loss, Scalar.self)
    }
    throw OptimKitError.converged("no step reduces the loss by more than its rounding")
  }

  private func begin(_ model: LocalModel<Scalar>) {
    regulation.begin(rule, model.coordinates, scaledNorm: scaledNorm(model))
  }

  /// ‖Dθ‖.
  private func scaledNorm(_ model: LocalModel<Scalar>) -> Double {
    let (memory, scale) = (point.parameters.memory, model.decomposed.scale)
    var scaled = scale
    var span = scaled.mutableSpan
    Scalar.multiply(memory.span, into: &span)
    return Double(Scalar.norm(scaled.span))
  }

  /// Whether a step is lost in the rounding of the parameters.
  private func isNegligible(_ proposal: StepProposal, _ model: LocalModel<Scalar>) -> Bool {
    !(proposal.norm > Double(Scalar.unitRoundoff) * scaledNorm(model))
  }

  private func currentModel() throws -> LocalModel<Scalar> {
    if let model { return model }
    let result = try LocalModel(
      at: point, of: objective, scaling: scaling, previousScale: scale)
    model = result
    return result
  }

  // MARK: Trials

  /// Moves `next` along `proposal`, and looks at the loss there.
  private func evaluate(
    _ proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> StepRegulation.Outcome {
    let memory = direction.memory
    var span = memory.mutableSpan
    Scalar.copy(model.decomposed.step(proposal.coordinates).span, into: &span)
    next.place(at: point, plus: 1, direction)
    let loss = try next.evaluate()
    return StepRegulation.Outcome(
      actual: loss.isFinite ? Double(point.loss) - Double(loss) : -.infinity,
      predicted: model.coordinates.reduction(of: proposal.coordinates),
      slope: model.coordinates.slope(along: proposal.coordinates), norm: proposal.norm)
  }

  /// Moves to `next`, which is first put at the end of `proposal` where that is given.
  private func accept(
    _ proposal: StepProposal?, _ model: LocalModel<Scalar>, label: String = "", trials: Int,
    nextModel: LocalModel<Scalar>? = nil
  ) throws -> StepReport {
    if let proposal { _ = try evaluate(proposal, model) }
    try next.linearize()
    let norm = next.parameters.distance(to: point.parameters, scratch: direction)
    swap(&point, &next)
    scale = model.decomposed.scale
    self.model = nextModel
    return StepReport(
      stepLength: 1, stepNorm: Double(norm),
      preparation: PreparationReport(
        access: "rows", factorization: "QR and singular value decomposition",
        rank: model.coordinates.rank),
      solve: SolveReport(
        status: .converged,
        rightHandSideNorm: (2 * model.coordinates.largestReduction).squareRoot(),
        notes: ["\(proposal?.label ?? label), \(trials) trials"]))
  }

  /// A step where losses cannot be compared any more.
  private func polish(_ model: LocalModel<Scalar>) throws -> StepReport {
    let coordinates = model.coordinates
    var proposals = [
      StepProposal(coordinates: coordinates.damped(by: 0), label: "Gauss-Newton step")
    ]
    if case .probing = rule {} else { proposals += regulation.proposals(rule, coordinates) }
    for (index, proposal) in proposals.enumerated() {
      let outcome = try evaluate(proposal, model)
      guard outcome.actual >= -model.noise else { continue }
      let other = try LocalModel(
        at: next, of: objective, scaling: scaling, previousScale: model.decomposed.scale)
      // 0.9 in norms: Gauss-Newton steps converge linearly where residuals are large.
      if other.coordinates.largestReduction <= 0.81 * coordinates.largestReduction {
        return try accept(
          nil, model, label: proposal.label, trials: index + 1, nextModel: other)
      }
    }
    throw OptimKitError.converged("the model can reduce the loss by its rounding only")
  }

  // MARK: Probing

  /// The best of many steps; nil where none reduces the loss.
  private func probe(
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

  // MARK: Geodesic acceleration

  /// The step with half of its second derivative along the path that the model bends (Transtrum and Sethna 2012),
  /// where that is at most the limit times the step.
  private func accelerated(
    _ proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> StepProposal {
    guard let accelerationLimit, case .damping = rule, let damping = regulation.damping else {
      return proposal
    }
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

extension OptimKitError {
  /// The end of an iteration that rounding allows no further.
  static func converged(_ cause: String) -> OptimKitError {
    OptimKitError(
      .roundingLimit, cause: "converged to rounding: \(cause)",
      remedy: "none is needed; a scalar type of higher precision gives more digits")
  }
}

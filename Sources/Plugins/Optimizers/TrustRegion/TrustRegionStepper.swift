import OptimKit

/// The state of a run of Levenberg-Marquardt, of a trust region or of a spectral trust region: they differ in how
/// steps are made (`StepRule`), not in how they are judged.
///
/// Where the model can reduce the loss by no more than its rounding, differences of losses say nothing: Gauss-Newton
/// steps are taken as long as they reduce what is left of the residuals in the range of the Jacobian. That gives
/// parameters to the last digits that the residuals allow, where comparing losses gives half of them.
final class TrustRegionStepper<Scalar: RealScalar>: TrialStepper {
  private struct State: Codable, Sendable {
    var regulation: StepRegulation
    var hasScale: Bool
  }

  var point: EvaluatedPoint<Scalar>
  var next: EvaluatedPoint<Scalar>
  let objective: CountedObjective<Scalar>
  let rule: StepRule
  private let scaling: ParameterScaling
  let accelerationLimit: Double?
  var regulation = StepRegulation()
  /// D of the point before; empty at the first.
  private var scale: [Scalar] = []
  private var model: LocalModel<Scalar>?
  /// Of the full steps that were taken last.
  var extrapolation = StepExtrapolation<Scalar>()
  let direction: AlignedBuffer<Scalar>
  /// Whether the last step of any length that was tried changed the loss, and should have, by no more than its rounding.
  private var isFlat = false

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

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func saveState() -> StepperState<Scalar> {
    StepperState(
      parameters: parameters, vectors: (scale.isEmpty ? [] : [scale]) + extrapolation.vectors,
      values: StoredValue(
        State(regulation: regulation, hasScale: !scale.isEmpty)))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    var vectors = saved.vectors
    let state = try saved.decodedValues(State.self) {
      // D, then points and steps in turn.
      $0.hasScale != vectors.count.isMultiple(of: 2) ? vectors.count : -1
    }
    regulation = state.regulation
    scale = state.hasScale ? vectors.removeFirst() : []
    extrapolation = StepExtrapolation(vectors: vectors)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func step() throws -> StepReport {
    if let report = try search() { return report }
    // Where columns of the Jacobian are of very different lengths, or have been elsewhere, as near a pole, D makes all
    // steps too short: their lengths here are what is left to try.
    (scale, regulation) = ([], StepRegulation())
    extrapolation.clear()
    model = try LocalModel(at: point, of: objective, scaling: .marquardt, previousScale: [])
    if let report = try search() {
      if scaling != .jacobian { regulation = StepRegulation() }
      return report
    }
    let model = try currentModel()
    // Rounding is felt before the model says so.
    guard isFlat || model.reductionAlongParameters <= 1e6 * model.noise else {
      throw OptimKitError.noDescent(from: point.loss, Scalar.self)
    }
    throw OptimKitError.converged("no step reduces the loss by more than its rounding")
  }

  /// A step that reduces the loss; nil where none is found.
  private func search() throws -> StepReport? {
    let model = try currentModel()
    let coordinates = model.coordinates
    guard model.largestReduction > 0 else {
      throw OptimKitError.converged("the gradient is zero")
    }
    if regulation.isFresh { begin(model) }
    if model.largestReduction <= model.noise { return try polish(model) }
    if case .probing(let probes) = rule {
      var trials = 0
      let best = try probe(model, probes, &trials)
      return try best.map { try accept($0, model, trials: trials) }
    }
    isFlat = false
    let full = SpectralCoordinates.norm(coordinates.damped(by: 0))
    if let report = try extrapolate(model) { return report }
    for trials in 1...100 {
      let proposal = regulation.proposals(rule, coordinates)[0]
      let outcome = try evaluate(try accelerated(proposal, model), model)
      regulation.update(rule, after: outcome, isUndamped: proposal.norm == full)
      if outcome.isAccepted {
        if proposal.norm < 0.99 * full { extrapolation.clear() }
        return try accept(nil, model, label: proposal.label, trials: trials)
      }
      if isNegligible(proposal, model) { break }
      if max(outcome.predicted, abs(outcome.actual)) <= model.noise {
        // Where derivatives are wrong, only steps that are nothing are predicted to achieve nothing.
        isFlat = proposal.norm > Double(Scalar.unitRoundoff).squareRoot() * scaledNorm(model)
        break
      }
    }
    return nil
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
  func evaluate(
    _ proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> StepRegulation.Outcome {
    let (reduction, slope, norm) = try place(at: proposal, model)
    return StepRegulation.Outcome(
      actual: try reductionAtNext(), predicted: reduction, slope: slope, norm: norm)
  }

  /// Moves `next` along `proposal`: by how much the model falls, its slope, and ‖Dδ‖.
  private func place(
    at proposal: StepProposal, _ model: LocalModel<Scalar>
  ) throws -> (reduction: Double, slope: Double, norm: Double) {
    let (step, reduction, slope, norm) = try feasibleStep(proposal, model)
    placeNext(along: step)
    return (reduction, slope, norm)
  }

  /// Moves to `next`, which is first put at the end of `proposal` where that is given.
  func accept(
    _ proposal: StepProposal?, _ model: LocalModel<Scalar>, label: String = "", trials: Int,
    nextModel: LocalModel<Scalar>? = nil
  ) throws -> StepReport {
    if let proposal { _ = try place(at: proposal, model) }
    let norm = try moveToNext()
    scale = model.decomposed.scale
    self.model = nextModel
    return StepReport(
      norm: norm, in: model.coordinates,
      note: "\(proposal?.label ?? label), \(trials) trials")
  }

  /// A step where losses cannot be compared any more.
  ///
  /// What is left of the residuals in the range of the Jacobian, relative to the residuals, is the step in units of
  /// about the standard errors of the parameters (the relative offset of Bates and Watts, A relative offset
  /// orthogonality convergence criterion, 1981). Where it is below 1e-12 the fit is done: Gauss-Newton steps converge
  /// linearly where residuals are large, and many more would change digits that mean nothing.
  private func polish(_ model: LocalModel<Scalar>) throws -> StepReport {
    let coordinates = model.coordinates
    guard coordinates.largestReduction > 1e-24 * Double(point.loss) else {
      throw OptimKitError.converged("the step is less than 1e-12 of the standard errors")
    }
    var proposals = [
      StepProposal(coordinates: coordinates.damped(by: 0), label: "Gauss-Newton step")
    ]
    if case .probing = rule {} else { proposals += regulation.proposals(rule, coordinates) }
    if let step = try extrapolatedStep(model) {
      placeNext(along: step)
      if let report = try polished(model, "extrapolated step", trials: 1) { return report }
    }
    for (index, proposal) in proposals.enumerated() {
      _ = try place(at: proposal, model)
      if let report = try polished(model, proposal.label, trials: index + 1) {
        if index > 0 { extrapolation.clear() }
        return report
      }
    }
    throw OptimKitError.converged("the model can reduce the loss by its rounding only")
  }

  /// Moves to `next`, where less is left of the residuals in the range of the Jacobian; nil where it is not.
  private func polished(
    _ model: LocalModel<Scalar>, _ label: String, trials: Int
  ) throws -> StepReport? {
    // Takes no evaluation of its own then.
    try next.linearize()
    // The gradient decides. Differences of large terms inside of a function may round its values by several times as much
    // as the results tell.
    guard try reductionAtNext() >= -10 * model.noise else { return nil }
    let other = try LocalModel(
      at: next, of: objective, scaling: scaling, previousScale: model.decomposed.scale)
    // 0.9 in norms: Gauss-Newton steps converge linearly where residuals are large.
    guard other.coordinates.largestReduction < 0.81 * model.coordinates.largestReduction else {
      return nil
    }
    return try accept(nil, model, label: label, trials: trials, nextModel: other)
  }
}

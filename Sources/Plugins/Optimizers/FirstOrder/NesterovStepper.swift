import OptimKit

/// The state of a run of Nesterov's method.
final class NesterovStepper<Scalar: RealScalar>: PointStepper {
  /// What a run carries from step to step, beside θ and y.
  private struct State: Codable, Sendable {
    var smoothness: Scalar?
    var t = Scalar(1)
  }

  private(set) var point: EvaluatedPoint<Scalar>
  private var next: EvaluatedPoint<Scalar>
  /// y.
  private let ahead: EvaluatedPoint<Scalar>
  /// θₖ₊₁ − θₖ.
  private let displacement: AlignedBuffer<Scalar>
  private let options: Nesterov
  private var state = State()

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ options: Nesterov
  ) throws {
    self.options = options
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    ahead = EvaluatedPoint(objective, at: parameters)
    displacement = AlignedBuffer(count: parameters.count)
    state.smoothness = options.smoothness.map { Scalar($0) }
    try point.linearize()
    ahead.assign(point)
  }

  func saveState() -> StepperState<Scalar> {
    StepperState(
      parameters: parameters, vectors: [ahead.parameters.array], values: StoredValue(state))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    state = try saved.decodedValues(State.self) { _ in 1 }
    ahead.parameters.copy(AlignedBuffer(saved.vectors[0]))
    ahead.forget()
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func step() throws -> StepReport {
    let gradient = try ahead.gradient()
    let length = try moveFromAhead()
    displacement.copy(next.parameters)
    displacement.add(-1, point.parameters)
    let report = StepReport(
      stepLength: Double(length),
      stepNorm: Double(try displacement.norm(in: point.objective)))
    if options.restarts, try gradient.dot(displacement, in: point.objective) > 0 {
      state.t = 1
      ahead.assign(next)
    } else {
      ahead.place(at: next, plus: momentum(1 / length), displacement)
    }
    swap(&point, &next)
    return report
  }

  /// next ← y − ∇F(y)/β; 1/β.
  private func moveFromAhead() throws -> Scalar {
    let gradient = try ahead.gradient()
    let gradientNorm = try ahead.gradientNorm()
    if options.smoothness == nil, gradientNorm == 0 { throw OptimKitError.stationary }
    var smoothness = try state.smoothness ?? 1 / ahead.cauchyStep()
    // 2¹⁰⁰ is beyond what any start can be wrong by.
    for _ in 0..<100 {
      next.place(at: ahead, plus: -1 / smoothness, gradient)
      let value = try next.evaluate()
      if options.smoothness != nil {
        guard value.isFinite else {
          throw OptimKitError(
            .nonFiniteValue, cause: "a step of 1/\(smoothness) leads to a loss of \(value)",
            remedy: "pass a larger smoothness constant, or let it be estimated")
        }
        return 1 / smoothness
      }
      let wanted = gradientNorm * gradientNorm / (2 * smoothness)
      // Losses that differ by rounding alone say nothing about β.
      let rounding = 4 * Scalar.unitRoundoff * abs(ahead.loss)
      if value.isFinite, value <= ahead.loss - wanted + rounding {
        state.smoothness = smoothness
        return 1 / smoothness
      }
      smoothness *= 2
    }
    throw OptimKitError.noDescent(
      from: ahead.loss, expected: try ahead.cauchyStep() * gradientNorm * gradientNorm / 2,
      rounding: ahead.lossRounding)
  }

  private func momentum(_ smoothness: Scalar) -> Scalar {
    guard options.strongConvexity == 0 else {
      let ratio = min(1, Scalar(options.strongConvexity) / smoothness).squareRoot()
      return (1 - ratio) / (1 + ratio)
    }
    let following = (1 + (1 + 4 * state.t * state.t).squareRoot()) / 2
    defer { state.t = following }
    return (state.t - 1) / following
  }
}

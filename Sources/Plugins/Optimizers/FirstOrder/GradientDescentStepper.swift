import OptimKit

/// The state of a run of gradient descent.
final class GradientDescentStepper<Scalar: RealScalar>: PointStepper {
  /// What a run carries from step to step, beside θ.
  private struct State: Codable, Sendable {
    var firstTrial: Scalar?
  }

  private(set) var point: EvaluatedPoint<Scalar>
  private var next: EvaluatedPoint<Scalar>
  private let rule: GradientStep
  private var state = State()

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ rule: GradientStep
  ) throws {
    self.rule = rule
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    try point.linearize()
  }

  func saveState() -> StepperState<Scalar> {
    StepperState(parameters: parameters, values: StoredValue(state))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    state = try saved.decodedValues(State.self) { _ in 0 }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func step() throws -> StepReport {
    let gradientNorm = try point.gradientNorm()
    let length =
      switch rule {
      case .fixed(let value): try move(by: Scalar(value))
      case .smoothness(let value): try move(by: 1 / Scalar(value))
      case .backtracking(let decrease, let contraction, let expansion, let trials):
        try backtrack(Scalar(decrease), Scalar(contraction), Scalar(expansion), trials: trials)
      }
    swap(&point, &next)
    return StepReport(stepLength: Double(length), stepNorm: Double(length * gradientNorm))
  }

  private func move(by length: Scalar) throws -> Scalar {
    next.place(at: point, plus: -length, try point.gradient())
    guard try next.linearize().value.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a step of \(length) leads to a loss of \(next.loss)",
        remedy: "choose a smaller step, or backtracking")
    }
    return length
  }

  private func backtrack(
    _ decrease: Scalar, _ contraction: Scalar, _ expansion: Scalar, trials: Int
  ) throws -> Scalar {
    let gradient = try point.gradient()
    let gradientNorm = try point.gradientNorm()
    guard gradientNorm > 0 else { throw OptimKitError.stationary }
    var length = try state.firstTrial ?? point.cauchyStep()
    for trial in 0..<trials {
      next.place(at: point, plus: -length, gradient)
      let value = try next.linearize().value
      // What a and b differ by where they differ by rounding alone.
      let rounding = 2 * Scalar.unitRoundoff * abs(point.loss)
      let wanted = decrease * length * gradientNorm * gradientNorm
      if value.isFinite, value <= point.loss - wanted + min(rounding, wanted) {
        state.firstTrial = trial == 0 ? length * expansion : length
        return length
      }
      length *= contraction
    }
    throw OptimKitError.noDescent(from: point.loss, Scalar.self)
  }
}

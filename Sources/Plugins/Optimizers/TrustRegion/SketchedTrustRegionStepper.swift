import Foundation
import OptimKit

/// The state of a run of a sketched trust region: a point, and the damping of the last step.
final class SketchedTrustRegionStepper<Scalar: RealScalar>: TrialStepper {
  private struct State: Codable, Sendable {
    /// log₁₀(√μ / ‖L‖) of the last step.
    var exponent: Double?
    /// The number of steps, which names the next subspace.
    var steps = 0
    /// Steps in a row that left most of the loss.
    var stalled = 0
    /// Steps until an excursion may be made.
    var rest = 0
  }

  var point: EvaluatedPoint<Scalar>
  var next: EvaluatedPoint<Scalar>
  let objective: CountedObjective<Scalar>
  private let options: SketchedTrustRegion
  private let key: RandomKey
  let direction: AlignedBuffer<Scalar>

  private var state = State()

  /// Dampings are tried in steps of `spacing` decades, and are at most `reach` decades below the last one; the first time,
  /// decade by decade from `first` down.
  private static var reach: Double { 1.5 }
  private static var spacing: Double { 0.25 }
  private static var first: Double { 1 }
  /// Where even steps this short do not reduce the loss, none does.
  private static var highest: Double { 12 }
  /// After a success, so many failures in a row end the search.
  private static var patience: Int { 3 }
  /// A step that leaves this part of the loss and more makes no headway; after two of them, an excursion lowers √μ by
  /// so many decades, and the next ones are left to the steps after it.
  private static var headway: Double { 0.9 }
  private static var excursion: Double { 2 }
  private static var restAfterExcursion: Int { 4 }

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ options: SketchedTrustRegion,
    key: RandomKey
  ) throws {
    self.objective = objective
    self.options = options
    self.key = key.with(purpose: "random subspaces")
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    direction = AlignedBuffer(count: parameters.count)
    try point.linearize()
  }

  func saveState() -> StepperState<Scalar> {
    StepperState(parameters: parameters, values: StoredValue(state))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    state = try saved.decodedValues(State.self) { _ in 0 }
  }

  func step() throws -> StepReport {
    let memory = point.parameters.memory
    var rows: LinearizedResiduals<Scalar>? = try LinearizedResiduals(
      point.linearize(), at: memory.span, of: objective)
    let residuals = rows!.residuals
    let rank =
      options.rank ?? Self.defaultRank(rows!.matrix.rowCount, rows!.matrix.columnCount)
    var model = try objective.ledger.measureInterruptibly(.factorization) {
      try SubspaceModel(
        rows.take()!.matrix, residuals: residuals, rank: rank,
        key: key.with(iteration: state.steps))
    }
    objective.ledger.addFactorization()
    let largestReduction = model.coordinates.largestReduction
    guard largestReduction > 0 else {
      throw largestReduction.isNaN ? OptimKitError.nonFiniteDerivatives : OptimKitError.stationary
    }
    let (trial, trials) = try search(&model)
    let isStalled = Double(point.loss) - trial.reduction > Self.headway * Double(point.loss)
    state.stalled = isStalled ? state.stalled + 1 : 0
    state.rest = max(0, state.rest - 1)
    let isDue = options.makesExcursions && state.stalled >= 2 && state.rest == 0
    let isExcursion =
      try isDue && attempt(trial.exponent - Self.excursion, &model).reduction.isFinite
    if isExcursion {
      state.rest = Self.restAfterExcursion
    } else {
      // The last trial may have been another one.
      place(at: step(at: trial.exponent, model), &model)
    }
    let norm = try moveToNext()
    state.exponent = trial.exponent
    state.steps += 1
    return StepReport(
      stepLength: 1, stepNorm: norm,
      preparation: PreparationReport(
        access: "rows", factorization: "QR and bidiagonalization",
        rank: model.coordinates.count),
      solve: SolveReport(
        status: .converged, rightHandSideNorm: (2 * largestReduction).squareRoot(),
        notes: [
          "damping (10^\(trial.exponent) ‖L‖)², \(trials) trials"
            + (isExcursion ? ", left for an excursion" : "")
        ]))
  }

  /// 27/100 of n or 6/10 of p, whichever is less; all of n or p below 100, where a subspace saves nothing.
  private static func defaultRank(_ rows: Int, _ columns: Int) -> Int {
    let short = min(rows, columns)
    return short < 100 ? short : Int(min(0.27 * Double(rows), 0.6 * Double(columns)))
  }

  /// A step that was tried.
  private struct Trial {
    /// log₁₀(√μ / ‖L‖).
    let exponent: Double
    /// By how much the loss falls.
    let reduction: Double
    /// Whether that is enough of what the model foretells.
    let isGood: Bool
  }

  /// The longest good step: from the last damping up to the first good one, and from there down to the last.
  private func search(
    _ model: inout SubspaceModel<Scalar>
  ) throws -> (chosen: Trial, trials: Int) {
    // Less damping is rounding.
    let lowest = log10(model.coordinates.cutoff)
    let start = max(state.exponent ?? Self.first, lowest)
    let spacing = state.exponent == nil ? 1 : Self.spacing
    var last = state.exponent == nil ? lowest : max(start - Self.reach, lowest)
    var chosen = try attempt(start, &model)
    var trials = 1
    var best = chosen
    var stride = spacing
    while !chosen.isGood {
      if best.reduction > 0, chosen.exponent >= start + Self.reach { return (best, trials) }
      guard chosen.exponent < Self.highest else {
        throw OptimKitError.noDescent(from: point.loss, Scalar.self)
      }
      last = chosen.exponent + spacing
      chosen = try attempt(chosen.exponent + stride, &model)
      trials += 1
      if chosen.reduction > best.reduction { best = chosen }
      stride = min(2 * stride, 1)
    }
    var exponent = chosen.exponent - spacing
    var failures = 0
    while exponent >= last, failures < Self.patience {
      let trial = try attempt(exponent, &model)
      trials += 1
      if trial.isGood { chosen = trial }
      failures = trial.isGood ? 0 : failures + 1
      exponent -= spacing
    }
    return (chosen, trials)
  }

  /// Moves `next` along the step with √μ = 10^`exponent` ‖L‖.
  private func attempt(
    _ exponent: Double, _ model: inout SubspaceModel<Scalar>
  ) throws -> Trial {
    let w = step(at: exponent, model)
    place(at: w, &model)
    let reduction = try reductionAtNext()
    let predicted = model.coordinates.reduction(of: w)
    return Trial(
      exponent: exponent, reduction: reduction,
      isGood: reduction > 0 && reduction >= options.gainRatio * predicted)
  }

  /// The step with √μ = 10^`exponent` ‖L‖, in coordinates of the bidiagonal matrix L.
  private func step(at exponent: Double, _ model: SubspaceModel<Scalar>) -> [Double] {
    let root = pow(10, exponent) * model.coordinates.norm
    return model.coordinates.damped(by: root * root)
  }

  /// Moves `next` along a step.
  private func place(at w: [Double], _ model: inout SubspaceModel<Scalar>) {
    placeNext(along: model.step(w))
  }
}

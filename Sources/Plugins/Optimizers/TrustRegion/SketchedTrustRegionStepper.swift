import Foundation
import OptimKit

/// The state of a run of a sketched trust region: a point, and the damping of the last step.
final class SketchedTrustRegionStepper<Scalar: RealScalar>: TrialStepper {
  private struct State: Codable, Sendable {
    /// log₁₀(√μ / σ₁) of the last step.
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

  /// Dampings are tried from `reach` decades above the last one down to as many below it, in steps of `spacing`; the
  /// first time, from 10 down to 10⁻¹².
  private static var reach: Double { 1.5 }
  private static var spacing: Double { 0.25 }
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
    let (exponent, actual, trials) = try search(&model)
    let isStalled = Double(point.loss) - actual > Self.headway * Double(point.loss)
    state.stalled = isStalled ? state.stalled + 1 : 0
    state.rest = max(0, state.rest - 1)
    let isDue = options.makesExcursions && state.stalled >= 2 && state.rest == 0
    let isExcursion =
      try isDue && reduction(at: exponent - Self.excursion, &model).actual.isFinite
    if isExcursion {
      state.rest = Self.restAfterExcursion
    } else {
      // The last trial may have been another one.
      place(at: step(at: exponent, model), &model)
    }
    let norm = try moveToNext()
    state.exponent = exponent
    state.steps += 1
    return StepReport(
      stepLength: 1, stepNorm: norm,
      preparation: PreparationReport(
        access: "rows", factorization: "QR and bidiagonalization",
        rank: model.coordinates.values.count),
      solve: SolveReport(
        status: .converged, rightHandSideNorm: (2 * largestReduction).squareRoot(),
        notes: [
          "damping (10^\(exponent) σ₁)², \(trials) trials"
            + (isExcursion ? ", left for an excursion" : "")
        ]))
  }

  /// 3/10 of n or 6/10 of p, whichever is less; all of n or p where that takes no more operations, as for fewer than
  /// some hundred.
  private static func defaultRank(_ rows: Int, _ columns: Int) -> Int {
    let (n, p) = (Double(rows), Double(columns))
    let (long, short) = (max(n, p), min(n, p))
    let s = min(0.3 * n, 0.6 * p)
    let reduced = 4 * n * p * s + 2 * n * s * s + 4 * p * s * s + 8 / 3 * s * s * s
    let exact = 2 * long * short * short + 2 * short * short * short
    return exact <= reduced ? min(rows, columns) : max(1, Int(s))
  }

  /// The exponent of the step to be taken, and by how much the loss falls along that.
  private func search(
    _ model: inout SubspaceModel<Scalar>
  ) throws -> (exponent: Double, actual: Double, trials: Int) {
    var trials = 0
    var exponent = state.exponent.map { min($0 + Self.reach, 4) } ?? 1
    var last = state.exponent.map { $0 - Self.reach } ?? -12
    var best: (actual: Double, exponent: Double)?
    while true {
      var chosen: (actual: Double, exponent: Double)?
      var failures = 0
      while exponent >= last, failures < Self.patience {
        let (actual, predicted) = try reduction(at: exponent, &model)
        trials += 1
        if actual > best?.actual ?? 0 { best = (actual, exponent) }
        if actual > 0, actual >= options.gainRatio * predicted {
          chosen = (actual, exponent)
          failures = 0
        } else if chosen != nil {
          failures += 1
        }
        exponent -= Self.spacing
      }
      if let chosen = chosen ?? best { return (chosen.exponent, chosen.actual, trials) }
      // Shorter steps, down to what rounding leaves of them.
      let top = max(last, state.exponent ?? 1) + Self.reach
      guard top < 12 else { throw OptimKitError.noDescent(from: point.loss, Scalar.self) }
      (exponent, last) = (top + Self.reach, top + Self.spacing)
      state.exponent = top
    }
  }

  /// Moves `next` along the step with √μ = 10^`exponent` σ₁: by how much the loss falls, and by how much the model.
  private func reduction(
    at exponent: Double, _ model: inout SubspaceModel<Scalar>
  ) throws -> (actual: Double, predicted: Double) {
    let w = step(at: exponent, model)
    place(at: w, &model)
    let actual = try reductionAtNext()
    return (actual, model.coordinates.reduction(of: w))
  }

  /// The step with √μ = 10^`exponent` σ₁, in coordinates of the bidiagonal matrix.
  private func step(at exponent: Double, _ model: SubspaceModel<Scalar>) -> [Double] {
    let root = pow(10, exponent) * (model.coordinates.values.first ?? 0)
    return model.coordinates.damped(by: root * root)
  }

  /// Moves `next` along a step.
  private func place(at w: [Double], _ model: inout SubspaceModel<Scalar>) {
    placeNext(along: model.step(w))
  }
}

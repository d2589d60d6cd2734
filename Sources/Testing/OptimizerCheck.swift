import Foundation
import OptimKit

/// Where a run went, without being asked about gradients.
struct OptimizerPath<Scalar: RealScalar> {
  /// θ at the start and after each step.
  var points: [[Scalar]]
  var losses: [Scalar]
  /// How often the model had been called at each of the points.
  var calls: [Int]

  var stepCount: Int { points.count - 1 }
}

struct OptimizerCheck<O: Optimizer, M: Model, L: Loss> {
  typealias Scalar = M.Scalar

  let optimizer: O
  let objective: EmpiricalRisk<M, L>
  let initial: [Scalar]
  let steps: Int
  let gradientTolerance: Scalar
  let seed: UInt64

  /// That of `minimize`.
  private var key: RandomKey { RandomKey(seed: seed, purpose: .sketch) }

  // MARK: The value

  func options(_ findings: inout ConformanceFindings) throws {
    findings.attempt("validating the optimizer") { _ in try optimizer.validate() }
    let restored = try JSONDecoder().decode(O.self, from: JSONEncoder().encode(optimizer))
    findings.require(restored == optimizer, "a trip through JSON gives another optimizer")
    findings.require(!optimizer.name.isEmpty, "the optimizer has no name")
  }

  // MARK: Runs

  /// A run of all steps that can be made, without a word about gradients.
  func path() throws -> OptimizerPath<Scalar> {
    let model = WatchedModel(objective.model)
    let stepper = try makeStepper(CountedObjective(watched(model)))
    var path = OptimizerPath(
      points: [stepper.parameters], losses: [stepper.loss], calls: [model.calls.total])
    while path.stepCount < steps {
      guard try advance(stepper) != nil else { break }
      path.points.append(stepper.parameters)
      path.losses.append(stepper.loss)
      path.calls.append(model.calls.total)
      if try gradientNorm(at: stepper.parameters) <= 0.1 * wantedGradientNorm() { break }
    }
    return path
  }

  /// The objective with `model` in place of its own.
  func watched(_ model: WatchedModel<M>) throws -> EmpiricalRisk<WatchedModel<M>, L> {
    try EmpiricalRisk(
      model: model, loss: objective.loss, targets: objective.targets, weights: objective.weights,
      ridge: objective.ridge)
  }

  func makeStepper(_ counted: CountedObjective<Scalar>) throws -> any Stepper<Scalar> {
    try optimizer.makeStepper(for: counted, from: initial, key: key)
  }

  /// The report of a step; nil where none can be made any more.
  private func advance(_ stepper: any Stepper<Scalar>) throws -> StepReport? {
    do {
      return try stepper.step()
    } catch let error as OptimKitError
      where error.kind == .noConvergence || error.kind == .roundingLimit
    {
      return nil
    }
  }

  // MARK: What the stepper says, against fresh computations

  func measurements(
    along path: OptimizerPath<Scalar>, isExpectedToConverge: Bool,
    _ findings: inout ConformanceFindings
  ) throws {
    let model = WatchedModel(objective.model)
    let counted = CountedObjective<Scalar>(try watched(model))
    let stepper = try makeStepper(counted)
    let firstNorm = try gradientNorm(at: initial)
    try compare(stepper, at: 0, firstNorm, counted.ledger, &findings)
    var innerIterations = 0
    for number in 1..<path.points.count {
      let before = stepper.parameters
      guard let report = try advance(stepper) else { break }
      innerIterations += report.solve?.iterations ?? 0
      compareStep(report, from: before, to: stepper.parameters, number, &findings)
      try compare(stepper, at: number, firstNorm, counted.ledger, &findings)
      guard findings.issues.isEmpty else { break }
    }
    if findings.issues.isEmpty {
      findings.requireSameBits(
        stepper.parameters, path.points[path.stepCount],
        "asking for the gradient norm changes the run")
    }
    findings.require(path.stepCount > 0, "no step can be made from the start")
    findings.require(
      stepper.loss < path.losses[0],
      "the loss does not fall: \(path.losses[0]) at the start, \(stepper.loss) at the end")
    let norm = try gradientNorm(at: stepper.parameters)
    findings.require(
      !isExpectedToConverge || norm <= gradientTolerance * firstNorm,
      "after \(path.stepCount) steps the gradient is \(norm), and was \(firstNorm) at the start")

    let counts = counted.ledger.counts
    let seen = (
      model.calls.evaluations.load(ordering: .relaxed),
      model.calls.linearizations.load(ordering: .relaxed),
      model.calls.batches.load(ordering: .relaxed)
    )
    findings.require(
      counts.evaluations == seen.0 && counts.linearizations == seen.1
        && counts.batchEvaluations == seen.2,
      "the ledger counts \(counts.evaluations) evaluations, \(counts.linearizations) linearizations "
        + "and \(counts.batchEvaluations) of batches, the model saw \(seen.0), \(seen.1) and "
        + "\(seen.2)")
    findings.require(
      counts.innerIterations == innerIterations,
      "\(innerIterations) inner iterations reported, \(counts.innerIterations) in the ledger")
  }

  private func compare(
    _ stepper: any Stepper<Scalar>, at number: Int, _ firstNorm: Scalar, _ ledger: RunLedger,
    _ findings: inout ConformanceFindings
  ) throws {
    let point = stepper.parameters
    findings.require(
      point.count == initial.count && point.allSatisfy(\.isFinite),
      "after \(number) steps there are \(point.count) parameters, or one is not finite")
    guard findings.issues.isEmpty else { return }
    let loss = try objective.value(at: point.span)
    findings.require(
      abs(stepper.loss - loss) <= 64 * Scalar.unitRoundoff * abs(loss),
      "after \(number) steps the loss is \(loss), the stepper says \(stepper.loss)")
    let expected = try gradientNorm(at: point)
    let norm = try stepper.gradientNorm()
    let rounding =
      64 * Scalar(point.count + objective.outputCount).squareRoot() * Scalar.unitRoundoff
    findings.require(
      abs(norm - expected) <= rounding * max(firstNorm, expected),
      "after \(number) steps the gradient's norm is \(expected), the stepper says \(norm)")
    let counts = ledger.counts
    let again = try stepper.gradientNorm()
    findings.require(
      again == norm && ledger.counts == counts, "the gradient norm is computed a second time")
  }

  private func compareStep(
    _ report: StepReport, from before: [Scalar], to after: [Scalar], _ number: Int,
    _ findings: inout ConformanceFindings
  ) {
    let moved = distance(after, before)
    let rounding = 64 * Scalar(after.count).squareRoot() * Scalar.unitRoundoff
    findings.require(
      abs(Scalar(report.stepNorm) - moved) <= rounding * (norm(before) + norm(after)),
      "step \(number) moves by \(moved), its report says \(report.stepNorm)")
  }

  private func wantedGradientNorm() throws -> Scalar {
    try gradientTolerance * gradientNorm(at: initial)
  }

  private func gradientNorm(at point: [Scalar]) throws -> Scalar {
    let counted = CountedObjective<Scalar>(objective)
    let linearization = try counted.linearize(at: point.span)
    let gradient = try filled(point.count) {
      try counted.gradient(at: point.span, linearization, into: &$0)
    }
    return norm(gradient)
  }
}

/// The result of a run: trained parameters and what happened on the way.
public struct OptimizationResult<Scalar: RealScalar>: Sendable {
  /// θ at the end.
  public let parameters: [Scalar]
  /// Reason, history, counts and times.
  public let summary: RunSummary

  /// Why the run ended.
  public var reason: StopReason { summary.reason }
  /// Whether a criterion of success holds.
  public var isConverged: Bool { summary.reason.status == .converged }
}

/// Minimises an objective.
///
/// - Parameters:
///   - objective: The function to minimise.
///   - initial: Where to start, one finite number per parameter.
///   - optimizer: How to step.
///   - stopping: When to end; the first criterion that holds does. By default at a relative loss of
///     1e-10, or after 100 iterations.
///   - observers: Who is told about each iteration.
///   - seed: The source of all randomness: the same seed, machine, kernel and thread count give the same
///     bits.
/// - Returns: The parameters and a summary. A run that could make no further step returns the last good
///   point with status `failed` and the error in its reason.
/// - Throws: `OptimKitError` before any work where an argument is outside its domain; what the first
///   evaluation or the first step throws, since nothing is lost then.
/// - Complexity: That of the optimizer, and O(1) per iteration.
public func minimize<O: Objective>(
  _ objective: O, from initial: [O.Scalar], using optimizer: some Optimizer,
  until stopping: [StoppingCriterion] = [.relativeLoss(1e-10), .iterations(100)],
  observers: [any Observer] = [], seed: UInt64 = 0
) throws -> OptimizationResult<O.Scalar> {
  let clock = ContinuousClock()
  let start = clock.now
  try validate(initial, count: objective.parameterCount, stopping)
  try optimizer.validate()
  // The largest is met first.
  let goal = stopping.filter { $0.quantity == .relativeLoss }.map(\.threshold).max()
  let counted = CountedObjective<O.Scalar>(objective, relativeLossGoal: goal)
  let stepper = try optimizer.makeStepper(
    for: counted, from: initial, key: RandomKey(seed: seed, purpose: .sketch))
  guard stepper.loss.isFinite else {
    throw OptimKitError(
      .nonFiniteValue, cause: "the loss at the starting point is \(stepper.loss)",
      remedy: "start elsewhere, or check the model and its data")
  }

  let needsGradient = stopping.contains { $0.quantity == .gradientNorm }
  func record(iteration: Int, step: StepReport?, after history: [IterationRecord]) throws
    -> IterationRecord
  {
    let loss = Double(stepper.loss)
    let initialLoss = history.first?.loss ?? loss
    return IterationRecord(
      iteration: iteration, loss: loss, relativeLoss: loss == 0 ? 0 : loss / initialLoss,
      lossRatio: history.last.map { loss == 0 ? 0 : loss / $0.loss },
      gradientNorm: needsGradient ? Double(try stepper.gradientNorm()) : nil, step: step,
      elapsedSeconds: (clock.now - start).inSeconds)
  }

  var history = [try record(iteration: 0, step: nil, after: [])]
  let description = RunDescription(
    optimizer: optimizer.name, details: optimizer.details, scalar: O.Scalar.typeName,
    parameterCount: objective.parameterCount, outputCount: objective.outputCount,
    stopping: stopping, seed: seed)
  for observer in observers { observer.runDidBegin(description, start: history[0]) }

  var reason: StopReason?
  while reason == nil {
    reason = stopping.lazy.compactMap { $0.reason(toStopAt: history[history.count - 1]) }.first
    guard reason == nil else { break }
    do {
      let step = try stepper.step()
      history.append(try record(iteration: history.count, step: step, after: history))
      for observer in observers { observer.runDidIterate(history[history.count - 1]) }
    } catch let error as OptimKitError where history.count > 1 {
      reason = StopReason(failure: error)
    }
  }

  let summary = RunSummary(
    run: description, reason: reason!, history: history, counts: counted.ledger.counts,
    phases: counted.ledger.seconds, seconds: (clock.now - start).inSeconds, environment: .current)
  for observer in observers { observer.runDidEnd(summary) }
  return OptimizationResult(parameters: stepper.parameters, summary: summary)
}

private func validate<Scalar: RealScalar>(
  _ initial: [Scalar], count: Int, _ stopping: [StoppingCriterion]
) throws {
  guard initial.count == count else {
    throw OptimKitError(
      .dimensionMismatch, cause: "\(initial.count) initial parameters for a model of \(count)",
      remedy: "pass one number per parameter")
  }
  if let index = Scalar.firstNonFiniteIndex(in: initial.span) {
    throw OptimKitError(
      .nonFiniteValue, cause: "initial parameter \(index) is \(initial[index])",
      remedy: "pass finite numbers")
  }
  guard !stopping.isEmpty else {
    throw OptimKitError(
      .invalidArgument, cause: "no stopping criterion is given",
      remedy: "give at least one, such as .iterations(100)")
  }
  for criterion in stopping { try criterion.validate() }
}

/// A run that its caller drives, one step at a time, to the same bits as `minimize`.
///
///     let run = try Run(minimizing: objective, from: start, using: optimizer)
///     while let iteration = try run.advance() {
///       print(iteration.loss)
///     }
///     let result = run.finish()
///
/// It is also a sequence of its iterations (`for iteration in run`), and an asynchronous one
/// (`for try await iteration in run.steps`).
///
/// A run ends by a stopping criterion, by cancellation of its token or of the task it runs in, or because a step
/// fails. Whatever happens, `parameters` is the last point that a step has completed, and `best` the one with the
/// lowest loss.
///
/// Determinism: objective, start, optimizer, seed and processor decide every bit of the parameters. How the run is
/// driven, who observes it, what it counts, when it is saved, where it was interrupted and on how many threads it works
/// does not matter. Decisions that rest on a clock are the exception: time as a budget, and the automatic
/// solver with measured rates.
///
/// - Caller must: use a run from one thread at a time.
public final class Run<Scalar: RealScalar> {
  /// What is run.
  public let runDescription: RunDescription
  /// Every iteration so far, the starting point first.
  public private(set) var history: [IterationRecord]
  /// Why the run has ended; nil while it goes on.
  public private(set) var reason: StopReason?
  /// The error of the user's model that ended the run, where it is not an ``OptimKitError``.
  public private(set) var modelError: (any Error)?

  let stepper: any Stepper<Scalar>
  let objective: CountedObjective<Scalar>
  /// The optimizer as JSON. Encoding takes longer than fitting few parameters, so it is made where checkpoints are asked
  /// for, and otherwise when one is first taken; one that cannot be encoded then makes checkpoints that no run goes on
  /// from.
  private(set) lazy var optimizerCode = (try? Checkpoint.code(of: optimizer)) ?? ""
  let environment = ComputeEnvironment.current
  /// The best point where it is not the last one.
  private(set) var bestBefore: BestIterate<Scalar>?
  /// What the stepper was like after the last step that it completed: one that failed may have changed it.
  private(set) var completedState: StepperState<Scalar>

  private let optimizer: any Optimizer
  private let stopping: [StoppingCriterion]
  private var observers: ObserverList
  private var checkpoints: CheckpointSchedule?
  private let stopwatch: RunStopwatch
  private let resumedAt: Int?
  private let communicationBefore: [CommunicationKind: CommunicationCount]
  private var summary: RunSummary?
  /// The last good point, where the stepper has left it.
  private var parametersBefore: [Scalar]?

  init(
    _ start: RunStart<Scalar>, description: RunDescription, optimizer: any Optimizer,
    observers: [any Observer], checkpoints: CheckpointPolicy?
  ) throws {
    runDescription = description
    self.optimizer = optimizer
    stepper = start.stepper
    completedState = start.stepper.saveState()
    objective = start.objective
    communicationBefore = start.objective.sharding?.communication ?? [:]
    stopwatch = start.stopwatch
    stopping = description.stopping
    history = start.history
    resumedAt = start.history.last?.iteration
    bestBefore = start.best
    self.observers = ObserverList(observers, warnings: start.warnings)
    self.checkpoints = checkpoints.map { CheckpointSchedule($0, after: start.history.last) }
    if let code = start.optimizerCode {
      optimizerCode = code
    } else if checkpoints != nil {
      optimizerCode = try Checkpoint.code(of: optimizer)
    }
    guard stepper.loss.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "the loss at the starting point is \(stepper.loss)",
        remedy: "start elsewhere, or check the model and its data")
    }
    if history.isEmpty {
      let (record, error) = makeRecord(step: nil)
      if let error { throw error }
      history = [record]
    }
    let first = history[history.count - 1]
    tell { try $0.runDidBegin(description, start: first) }
  }

  var ledger: RunLedger { objective.ledger }

  /// θ after the last step that was completed.
  public var parameters: [Scalar] { parametersBefore ?? stepper.parameters }

  /// The point with the lowest loss so far.
  public var best: BestIterate<Scalar> {
    bestBefore
      ?? BestIterate(
        iteration: history[history.count - 1].iteration, loss: history[history.count - 1].loss,
        parameters: parameters)
  }

  /// The iterate, and what is known of it.
  public var point: RunPoint<Scalar> { RunPoint(stepper) }

  /// Makes the next step.
  ///
  /// - Returns: The record of the step; nil where the run has ended, before or now.
  /// - Throws: What the user's model throws, unless it is an ``OptimKitError``; the run has ended then, by failure.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func advance() throws -> IterationRecord? {
    guard reason == nil else { return nil }
    if let reason = stopping.lazy.compactMap({ [history] in $0.reasonToStop(history) }).first {
      end(reason)
      return nil
    }
    let number = history[history.count - 1].iteration + 1
    do {
      try ledger.cancellation.check()
    } catch {
      end(StopReason(cancelledIn: nil))
      return nil
    }
    let before = completedState.parameters
    let step: StepReport
    do {
      step = try stepper.step()
    } catch {
      try end(by: error, in: number)
      return nil
    }
    guard stepper.loss.isFinite else {
      parametersBefore = before
      try end(
        by: OptimKitError(
          .nonFiniteValue, cause: "a step leads to a loss of \(stepper.loss)",
          remedy: "use step control or a positive damping, or start elsewhere"), in: number)
      return nil
    }
    updateBest(before)
    // Shares its arrays with the stepper; taken before anything else writes to them, so that none is copied.
    completedState = stepper.saveState()
    let (record, error) = makeRecord(step: step)
    history.append(record)
    let point = RunPoint(stepper)
    tell { try $0.runDidIterate(record, at: point) }
    if checkpoints?.isDue(after: record) == true { saveCheckpoint() }
    if let error { try end(by: error, in: number) }
    return record
  }

  /// The result; ends the run where it still goes on, as one that is cancelled.
  public func finish() -> OptimizationResult<Scalar> {
    if reason == nil { end(StopReason(cancelledIn: nil)) }
    guard let summary else { preconditionFailure("a run that has ended has a summary") }
    return OptimizationResult(parameters: parameters, best: best, summary: summary)
  }

  /// A checkpoint of the last step that was completed.
  ///
  /// - Complexity: O(1): arrays are shared, and written out by the sink.
  public func makeCheckpoint() -> Checkpoint {
    Checkpoint(of: self, elapsedSeconds: stopwatch.elapsedSeconds)
  }

  // MARK: Steps

  private func updateBest(_ before: [Scalar]) {
    let last = history[history.count - 1]
    if Double(stepper.loss) <= bestBefore?.loss ?? last.loss {
      bestBefore = nil
    } else if bestBefore == nil {
      bestBefore = BestIterate(iteration: last.iteration, loss: last.loss, parameters: before)
    }
  }

  /// The record of where the stepper is, and an error that came up on the way.
  private func makeRecord(step: StepReport?) -> (record: IterationRecord, error: (any Error)?) {
    let loss = Double(stepper.loss)
    let initialLoss = history.first?.loss ?? loss
    var record = IterationRecord(
      iteration: (history.last?.iteration ?? -1) + 1, loss: loss,
      relativeLoss: loss == 0 ? 0 : loss / initialLoss,
      lossRatio: history.last.map { loss == 0 ? 0 : loss / $0.loss }, step: step,
      elapsedSeconds: 0)
    var failure: (any Error)?
    if let step, stopping.contains(where: { $0.contains { $0 == .relativeStep } }) {
      // Those that are saved already: a stepper may copy its own to hand them out.
      let parameters = completedState.parameters
      do {
        let norm = Double(try objective.norm(parameters.span))
        record.relativeStep = step.stepNorm == 0 ? 0 : step.stepNorm / norm
      } catch {
        failure = error
      }
    }
    if stopping.contains(where: {
      $0.contains { $0 == .gradientNorm || $0 == .relativeGradientNorm }
    }) {
      do {
        record.gradientNorm = Double(try stepper.gradientNorm())
      } catch {
        failure = error
      }
    }
    record.counts = ledger.counts
    record.elapsedSeconds = stopwatch.elapsedSeconds
    if let sharding = objective.sharding {
      // Ranks that end by time, or save by it, do so together: by the clock of rank 0.
      do {
        record.elapsedSeconds = try sharding.reduction.gather(record.elapsedSeconds)[0]
      } catch {
        failure = error
      }
    }
    return (record, failure)
  }

  // MARK: The end

  private func end(by error: any Error, in iteration: Int) throws {
    switch error {
    case is CancellationError: end(StopReason(cancelledIn: iteration))
    case let error as OptimKitError where error.kind == .roundingLimit:
      end(StopReason(convergedToRounding: error))
    case let error as OptimKitError: end(StopReason(failure: error, iteration: iteration))
    default:
      modelError = error
      end(
        StopReason(
          failure: OptimKitError(
            .modelFailure, cause: "the model threw \(error)",
            remedy: "the run keeps its best point; see the model's own error"),
          iteration: iteration))
      throw error
    }
  }

  private func end(_ reason: StopReason) {
    self.reason = reason
    if checkpoints?.isCurrent(history[history.count - 1]) == false { saveCheckpoint() }
    // Observers are told what the caller gets, times included: a log and the result never disagree.
    var summary = RunSummary(
      run: runDescription, reason: reason, history: history, counts: ledger.counts,
      phases: ledger.seconds, seconds: stopwatch.elapsedSeconds, environment: environment,
      best: (best.iteration, best.loss), resumedAt: resumedAt, warnings: observers.warnings)
    if let sharding = objective.sharding {
      summary.communication = RunCommunication(of: sharding, since: communicationBefore)
    }
    tell { [summary] in try $0.runDidEnd(summary) }
    summary.warnings = observers.warnings
    self.summary = summary
  }

  private func saveCheckpoint() {
    let checkpoint = makeCheckpoint()
    let warning = ledger.measure(.observing) { checkpoints?.save(checkpoint) }
    if let warning { observers.add(warning) }
  }

  private func tell(_ message: (any Observer) throws -> Void) {
    guard !observers.isEmpty else { return }
    ledger.measure(.observing) { observers.tell(message) }
  }
}

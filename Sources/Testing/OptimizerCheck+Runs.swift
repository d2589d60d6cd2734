import OptimKit

// Whole runs: again, with other numbers of threads, and with a model that fails.
extension OptimizerCheck {
  func determinism(_ path: OptimizerPath<Scalar>, _ findings: inout ConformanceFindings) throws {
    let last = path.points[path.stepCount]
    findings.requireSameBits(
      try self.path().points.last ?? [], last, "a second run with the same key ends elsewhere")
    for count in 1...3 {
      let other = try ThreadPool.withThreadCount(count) { try self.path() }
      findings.requireSameBits(
        other.points.last ?? [], last, "a run with \(count) threads ends elsewhere")
    }
  }

  /// Runs that go on from a checkpoint, which has been bytes in between.
  func resumption(_ path: OptimizerPath<Scalar>, _ findings: inout ConformanceFindings) throws {
    // Random runs cannot be compared.
    guard path.stepCount > 0, findings.issues.isEmpty else { return }
    let last = path.points[path.stepCount]
    let stopping = [StoppingCriterion.iterations(path.stepCount)]
    let run = try Run(
      minimizing: objective, from: initial, using: optimizer, until: stopping, seed: seed)
    var checkpoints: [Checkpoint] = []
    while let record = try run.advance() {
      guard [1, path.stepCount / 2, path.stepCount - 1].contains(record.iteration) else { continue }
      checkpoints.append(try Checkpoint(run.makeCheckpoint().serialized()))
    }
    findings.requireSameBits(run.parameters, last, "a run driven step by step ends elsewhere")
    for checkpoint in checkpoints {
      let resumed = try minimize(
        objective, resuming: checkpoint, using: optimizer, until: stopping)
      findings.requireSameBits(
        resumed.parameters, last,
        "a run resumed after step \(checkpoint.iteration) ends elsewhere: the saved state lacks "
          + "something")
    }
  }

  func failures(_ path: OptimizerPath<Scalar>, _ findings: inout ConformanceFindings) throws {
    // Random runs cannot be compared.
    guard path.stepCount > 0, findings.issues.isEmpty else { return }
    let known = OptimKitError(
      .nonFiniteValue, cause: "the model is not defined here", remedy: "start elsewhere")
    // In the second step, or in the first of a run that has no other.
    let step = min(2, path.stepCount)
    for error in [known, WatchedModelFailure()] as [any Error] {
      var model = WatchedModel(objective.model)
      model.error = error
      model.failingCall = path.calls[step - 1] + 1
      try stepperFailure(model, path, &findings)
      try runFailure(model.failingAgain(), known, path, &findings)
    }
  }

  /// The error comes out of `step`, and the stepper stays where it was.
  private func stepperFailure(
    _ model: WatchedModel<M>, _ path: OptimizerPath<Scalar>,
    _ findings: inout ConformanceFindings
  ) throws {
    let stepper = try makeStepper(CountedObjective(try watched(model)))
    var made = 0
    do {
      while made < path.stepCount {
        _ = try stepper.step()
        made += 1
      }
      findings.require(
        model.calls.total < model.failingCall, "an error of the model does not end the step")
    } catch {
      findings.require(
        isSame(error, model.error), "the model's error \(model.error) comes out as \(error)")
      findings.requireSameBits(
        stepper.parameters + [stepper.loss], path.points[made] + [path.losses[made]],
        "after an error of the model, parameters and loss are not those of the last good point")
    }
  }

  /// `minimize` returns the last good point where OptimKit knows the error, and throws others.
  private func runFailure(
    _ model: WatchedModel<M>, _ known: OptimKitError, _ path: OptimizerPath<Scalar>,
    _ findings: inout ConformanceFindings
  ) throws {
    do {
      let result = try minimize(
        watched(model), from: initial, using: optimizer, until: [.iterations(path.stepCount)],
        seed: seed)
      guard model.calls.total >= model.failingCall else { return }
      findings.require(
        result.reason.error == known && result.summary.iterations < path.points.count,
        "minimize ends by \(result.reason) where the model throws \(model.error)")
      findings.requireSameBits(
        result.parameters, path.points[min(result.summary.iterations, path.stepCount)],
        "minimize does not return the last good point where the model throws")
    } catch {
      findings.require(
        isSame(error, model.error), "minimize throws \(error) where the model throws \(model.error)"
      )
    }
  }

  private func isSame(_ error: any Error, _ expected: any Error) -> Bool {
    if let expected = expected as? OptimKitError { return error as? OptimKitError == expected }
    return error is WatchedModelFailure
  }
}

extension WatchedModel {
  /// The same model with no calls behind it.
  fileprivate func failingAgain() -> Self {
    var result = Self(base)
    result.failingCall = failingCall
    result.error = error
    return result
  }
}

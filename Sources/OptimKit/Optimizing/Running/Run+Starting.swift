extension Run {
  /// Validates all arguments and evaluates the objective at the start.
  ///
  /// - Parameters: As those of `minimize`.
  /// - Throws: ``OptimKitError`` where an argument is outside its domain; what the evaluation throws.
  public convenience init(
    minimizing objective: some Objective<Scalar>, from initial: [Scalar],
    using optimizer: some Optimizer,
    until stopping: [StoppingCriterion]? = nil,
    observers: [any Observer] = [], checkpoints: CheckpointPolicy? = nil,
    cancellation: CancellationToken = CancellationToken(), seed: UInt64 = 0
  ) throws {
    let stopwatch = RunStopwatch()
    let stopping = stopping ?? optimizer.defaultStopping
    try Self.validating(over: objective.sharding) {
      try Self.validate(initial, count: objective.parameterCount)
      try Self.validate(stopping, optimizer, checkpoints)
      try Self.validate(objective, for: optimizer)
      try objective.parameterBounds?.requireFeasible(initial)
    }
    try objective.sharding?.requireSameRun(
      of: optimizer, stopping: stopping, seed: seed, initial: initial)
    let counted = CountedObjective<Scalar>(
      objective,
      ledger: RunLedger(cancellation: cancellation, isShared: objective.sharding != nil),
      goal: RunGoal(of: stopping))
    let stepper = try optimizer.makeStepper(
      for: counted, from: initial, key: RandomKey(seed: seed, purpose: .sketch))
    try self.init(
      RunStart(stepper: stepper, objective: counted, stopwatch: stopwatch),
      description: RunDescription(
        of: optimizer, for: counted, stopping: stopping, seed: seed),
      optimizer: optimizer, observers: observers,
      checkpoints: checkpoints)
  }

  /// Goes on where a checkpoint was made, to the same bits as if there had been no interruption.
  ///
  /// - Parameters: As those of `minimize(_:resuming:using:)`.
  /// - Throws: ``OptimKitError`` where an argument is outside its domain, or the checkpoint is that of another
  ///   scalar type, optimizer or objective: the loss at its parameters must be the one that it holds.
  /// - Complexity: One linearization, and where the solver keeps a preconditioner, another and the preparation.
  public convenience init(
    resuming checkpoint: Checkpoint, minimizing objective: some Objective<Scalar>,
    using optimizer: some Optimizer,
    until stopping: [StoppingCriterion]? = nil,
    observers: [any Observer] = [], checkpoints: CheckpointPolicy? = nil,
    cancellation: CancellationToken = CancellationToken()
  ) throws {
    let stopwatch = RunStopwatch(earlierSeconds: checkpoint.elapsedSeconds)
    let stopping = stopping ?? optimizer.defaultStopping
    try Self.validating(over: objective.sharding) {
      try Self.validate(stopping, optimizer, checkpoints)
      try Self.validate(objective, for: optimizer)
    }
    let code = try Checkpoint.code(of: optimizer)
    let counted = CountedObjective<Scalar>(
      objective,
      ledger: RunLedger(
        cancellation: cancellation, isShared: objective.sharding != nil,
        counts: checkpoint.counts, seconds: checkpoint.phases),
      goal: RunGoal(of: stopping))
    let description = RunDescription(
      of: optimizer, for: counted, stopping: stopping, seed: checkpoint.run.seed)
    try checkpoint.requireSameRun(as: description, optimizerCode: code)
    let state = try checkpoint.stepperState(of: Scalar.self, count: objective.parameterCount)
    try objective.sharding?.requireSameRun(
      of: optimizer, stopping: stopping, seed: checkpoint.run.seed, initial: state.parameters)
    let stepper = try optimizer.makeStepper(
      for: counted, from: state.parameters,
      key: RandomKey(seed: checkpoint.run.seed, purpose: .sketch))
    try stepper.restore(state)
    var start = RunStart(stepper: stepper, objective: counted, stopwatch: stopwatch)
    start.optimizerCode = code
    start.history = checkpoint.history
    start.best = try checkpoint.bestIterate(of: Scalar.self, count: objective.parameterCount)
    start.warnings = try checkpoint.requireSameLoss(stepper.loss)
    try self.init(
      start, description: description, optimizer: optimizer, observers: observers,
      checkpoints: checkpoints)
  }

  private static func validate(
    _ stopping: [StoppingCriterion], _ optimizer: some Optimizer, _ checkpoints: CheckpointPolicy?
  ) throws {
    guard !stopping.isEmpty else {
      throw OptimKitError(
        .invalidArgument, cause: "no stopping criterion is given",
        remedy: "give at least one, such as .iterations(100)")
    }
    for criterion in stopping { try criterion.validate() }
    try optimizer.validate()
    try checkpoints?.validate()
  }

  /// Does what each rank can check by itself; what one of them finds, all throw.
  private static func validating(over sharding: Sharding?, _ body: () throws -> Void) throws {
    if let sharding { try sharding.reduction.together(body) } else { try body() }
  }

  private static func validate(
    _ objective: some Objective<Scalar>, for optimizer: some Optimizer
  ) throws {
    let bounds = objective.parameterBounds
    if objective.sharding != nil {
      guard optimizer.supportsSharding else {
        throw OptimKitError(
          .missingCapability,
          cause: "the objective is held in parts, which \(optimizer.name) "
            + "\(optimizer.details.isEmpty ? "" : "(\(optimizer.details)) ")does not support",
          remedy:
            "choose Gauss-Newton, Newton or inexact Levenberg-Marquardt over the exact solver or "
            + "conjugate gradients, L-BFGS, gradient descent or stochastic gradient descent")
      }
      guard bounds == nil else {
        throw OptimKitError(
          .missingCapability,
          cause: "bounds of parameters, of an objective that ranks hold in parts",
          remedy: "leave the bounds out, or use one rank")
      }
    }
    guard bounds != nil, !optimizer.supportsBounds else { return }
    throw OptimKitError(
      .invalidArgument,
      cause: "the objective has bounds, which the optimizer \(optimizer.name) does not support",
      remedy: "choose one that does, such as Levenberg-Marquardt, or leave the bounds out")
  }

  private static func validate(_ initial: [Scalar], count: Int) throws {
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
  }
}

extension RunDescription {
  fileprivate init<Scalar: RealScalar>(
    of optimizer: some Optimizer, for objective: CountedObjective<Scalar>,
    stopping: [StoppingCriterion], seed: UInt64
  ) {
    self.init(
      optimizer: optimizer.name, details: optimizer.details, scalar: Scalar.typeName,
      parameterCount: objective.wholeParameterCount, outputCount: objective.wholeOutputCount,
      stopping: stopping, seed: seed,
      settings: optimizer.settings.merging([.threads: ThreadPool.request]) { given, _ in given })
  }
}

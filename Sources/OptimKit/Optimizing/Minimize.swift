/// Minimises an objective: a ``Run`` to its end.
///
/// - Parameters:
///   - objective: The function to minimise.
///   - initial: Where to start, one finite number per parameter.
///   - optimizer: How to step.
///   - stopping: When to end; the first criterion that holds does. By default the optimizer's `defaultStopping`: for
///     most a relative loss of 1e-10, or 100 iterations.
///   - observers: Who is told about each iteration.
///   - checkpoints: Where and how often the run is saved; never by default.
///   - cancellation: What ends the run from outside, besides the cancellation of the task that it runs in.
///   - seed: The source of all randomness: the same seed, machine, kernel and thread count give the same
///     bits.
/// - Returns: The parameters and a summary. A run that was cancelled, or could make no further step, returns the
///   last good point, with the error in its reason.
/// - Throws: ``OptimKitError`` before any work where an argument is outside its domain; what the first
///   evaluation throws, since nothing is lost then; errors of the user's model that are not ``OptimKitError``. A
///   ``Run`` keeps its best point then.
/// - Complexity: That of the optimizer, and O(1) per iteration.
public func minimize<O: Objective>(
  _ objective: O, from initial: [O.Scalar], using optimizer: some Optimizer,
  until stopping: [StoppingCriterion]? = nil,
  observers: [any Observer] = [], checkpoints: CheckpointPolicy? = nil,
  cancellation: CancellationToken = CancellationToken(), seed: UInt64 = 0
) throws -> OptimizationResult<O.Scalar> {
  let run = try Run(
    minimizing: objective, from: initial, using: optimizer, until: stopping, observers: observers,
    checkpoints: checkpoints, cancellation: cancellation, seed: seed)
  while try run.advance() != nil {}
  return run.finish()
}

/// Goes on with a run that a checkpoint holds, to the same bits as if it had not been interrupted.
///
/// - Parameters:
///   - objective: The objective of the run, on the same data.
///   - checkpoint: Where to go on.
///   - optimizer: The optimizer of the run.
///   - stopping: When to end; need not be what the run was started with. The optimizer's `defaultStopping` by default.
///   - observers: Who is told about each further iteration.
///   - checkpoints: Where and how often the run is saved.
///   - cancellation: What ends the run from outside.
/// - Returns: The parameters and a summary of the whole run, earlier parts included.
/// - Throws: As `minimize` from a start; ``OptimKitError`` where the checkpoint is that of another scalar type,
///   optimizer or objective.
public func minimize<O: Objective>(
  _ objective: O, resuming checkpoint: Checkpoint, using optimizer: some Optimizer,
  until stopping: [StoppingCriterion]? = nil,
  observers: [any Observer] = [], checkpoints: CheckpointPolicy? = nil,
  cancellation: CancellationToken = CancellationToken()
) throws -> OptimizationResult<O.Scalar> {
  let run = try Run(
    resuming: checkpoint, minimizing: objective, using: optimizer, until: stopping,
    observers: observers, checkpoints: checkpoints, cancellation: cancellation)
  while try run.advance() != nil {}
  return run.finish()
}

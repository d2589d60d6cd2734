import Foundation

/// A run between two steps: all that is needed to go on to the same bits.
///
/// It holds the parameters, the state of optimizer and linear solver (``StepperState``), the seed and the iteration that
/// all randomness derives from, the history, counts and times. A preconditioner in keeping is held as the point that
/// it was made at, and made again.
public struct Checkpoint: Sendable {
  /// What is run.
  public let run: RunDescription
  /// Every iteration so far, the starting point first.
  public let history: [IterationRecord]
  /// How often the expensive things happened.
  public let counts: EvaluationCounts
  /// Seconds in each phase.
  public let phases: [Phase: Double]
  /// Seconds since the run began.
  public let elapsedSeconds: Double
  /// What the numbers were computed with.
  public let environment: ComputeEnvironment

  /// The optimizer as JSON, to tell whether it is the same.
  let optimizerCode: String
  let values: StoredValue?
  /// Iteration and loss of the best point, where that is not the last one.
  let best: BestRecord?
  /// θ, the best point where it is another, and further vectors of the stepper.
  let vectors: CheckpointVectors

  struct BestRecord: Codable {
    let iteration: Int
    let loss: Double
  }

  /// The number of steps made.
  public var iteration: Int { history.last?.iteration ?? 0 }

  init(
    header: CheckpointHeader, vectors: CheckpointVectors
  ) {
    run = header.run
    history = header.history
    counts = header.counts
    phases = header.phases
    elapsedSeconds = header.elapsedSeconds
    environment = header.environment
    optimizerCode = header.optimizerCode
    values = header.values
    best = header.best
    self.vectors = vectors
  }

  init<Scalar: RealScalar>(of run: Run<Scalar>, elapsedSeconds: Double) {
    self.run = run.runDescription
    history = run.history
    counts = run.ledger.counts
    phases = run.ledger.seconds
    self.elapsedSeconds = elapsedSeconds
    environment = run.environment
    optimizerCode = run.optimizerCode
    let state = run.completedState
    values = state.values
    best = run.bestBefore.map { BestRecord(iteration: $0.iteration, loss: $0.loss) }
    let all = [state.parameters] + (run.bestBefore.map { [$0.parameters] } ?? []) + state.vectors
    vectors = CheckpointVectors(all)
  }

  /// The optimizer as JSON with sorted keys.
  static func code(of optimizer: some Optimizer) throws -> String {
    String(decoding: try StoredValue.encoder.encode(optimizer), as: UTF8.self)
  }

  /// What the stepper goes on from.
  ///
  /// - Parameter count: The number of parameters here.
  func stepperState<Scalar: RealScalar>(
    of type: Scalar.Type, count: Int
  ) throws -> StepperState<Scalar> {
    let all = try vectors.arrays(of: type)
    guard let parameters = all.first, parameters.count == count else {
      throw OptimKitError(
        .unreadableFile, cause: "a checkpoint lacks its parameters", remedy: "use an earlier one")
    }
    return StepperState(
      parameters: parameters, vectors: Array(all.dropFirst(best == nil ? 1 : 2)), values: values)
  }

  func bestIterate<Scalar: RealScalar>(
    of type: Scalar.Type, count: Int
  ) throws -> BestIterate<Scalar>? {
    guard let best else { return nil }
    let all = try vectors.arrays(of: type)
    guard all.count > 1, all[1].count == count else {
      throw OptimKitError(
        .unreadableFile, cause: "a checkpoint lacks its best point", remedy: "use an earlier one")
    }
    return BestIterate(iteration: best.iteration, loss: best.loss, parameters: all[1])
  }
}

extension Checkpoint {
  /// One part of a run whose parameters ranks hold in parts, made from others: vectors are cut anew.
  ///
  /// - Parameters:
  ///   - parts: Checkpoints of one step, whose vectors are those of `ranges`; together they cover `range`.
  ///   - range: The parameters of the new part.
  /// - Throws: `OptimKitError` where a vector is not that of its range.
  init(_ parts: [Checkpoint], of ranges: [Range<Int>], cutTo range: Range<Int>) throws {
    guard let first = parts.first else {
      throw OptimKitError(
        .unreadableFile, cause: "a checkpoint has no part with parameters \(range)",
        remedy: "use an earlier one")
    }
    let vectors: CheckpointVectors
    switch first.vectors {
    case .single:
      vectors = .single(
        try Self.cut(parts.map { try $0.vectors.arrays(of: Float.self) }, ranges, range))
    case .double:
      vectors = .double(
        try Self.cut(parts.map { try $0.vectors.arrays(of: Double.self) }, ranges, range))
    }
    self.init(
      header: CheckpointHeader(
        run: first.run, optimizerCode: first.optimizerCode, history: first.history,
        counts: first.counts, phases: first.phases, elapsedSeconds: first.elapsedSeconds,
        environment: first.environment, values: first.values, best: first.best,
        vectorLengths: vectors.lengths), vectors: vectors)
  }

  private static func cut<Scalar>(
    _ parts: [[[Scalar]]], _ ranges: [Range<Int>], _ range: Range<Int>
  ) throws -> [[Scalar]] {
    for (vectors, part) in zip(parts, ranges) {
      guard vectors.count == parts[0].count, vectors.allSatisfy({ $0.count == part.count }) else {
        throw OptimKitError(
          .unreadableFile, cause: "a part of a checkpoint is not that of parameters \(part)",
          remedy: "use an earlier one")
      }
    }
    return parts[0].indices.map { number in
      zip(parts, ranges).flatMap { vectors, part in
        let common = part.clamped(to: range)
        return vectors[number][
          common.lowerBound - part.lowerBound..<common.upperBound - part.lowerBound]
      }
    }
  }
}

/// Vectors of either scalar type.
enum CheckpointVectors: Sendable {
  case single([[Float]])
  case double([[Double]])

  init<Scalar: RealScalar>(_ arrays: [[Scalar]]) {
    if let arrays = arrays.ifElements(are: [Float].self) {
      self = .single(arrays)
    } else if let arrays = arrays.ifElements(are: [Double].self) {
      self = .double(arrays)
    } else {
      preconditionFailure("scalars are Float or Double")
    }
  }

  func arrays<Scalar: RealScalar>(of type: Scalar.Type) throws -> [[Scalar]] {
    let result =
      switch self {
      case .single(let arrays): arrays.ifElements(are: [Scalar].self)
      case .double(let arrays): arrays.ifElements(are: [Scalar].self)
      }
    guard let result else {
      throw OptimKitError(
        .invalidArgument, cause: "a checkpoint of another scalar type than \(Scalar.typeName)",
        remedy: "resume in the precision that the run was started in")
    }
    return result
  }
}

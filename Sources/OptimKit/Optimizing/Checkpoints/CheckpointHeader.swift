/// What stands in a checkpoint before its vectors, as JSON.
struct CheckpointHeader: Codable {
  let run: RunDescription
  let optimizerCode: String
  let history: [IterationRecord]
  let counts: EvaluationCounts
  let phases: [Phase: Double]
  let elapsedSeconds: Double
  let environment: ComputeEnvironment
  let values: StoredValue?
  let best: Checkpoint.BestRecord?
  /// The lengths of the vectors, in order.
  let vectorLengths: [Int]

  /// Whether iterations, counts and times are such that a run can go on from them: counting on must not overflow.
  var isPossible: Bool {
    let seconds = [elapsedSeconds] + phases.values + history.map(\.elapsedSeconds)
    return seconds.allSatisfy { (0...1e12).contains($0) }
      && ([counts] + history.map(\.counts)).allSatisfy(\.arePossible)
      && history.enumerated().allSatisfy { $0.element.iteration == $0.offset }
  }
}

extension EvaluationCounts {
  fileprivate var arePossible: Bool {
    [
      evaluations, linearizations, batchEvaluations, batchSamples, jacobianProducts,
      transposedJacobianProducts, gramMatrices, sketches, factorizations, innerIterations,
    ].allSatisfy { (0...1 << 53).contains($0) }
  }
}

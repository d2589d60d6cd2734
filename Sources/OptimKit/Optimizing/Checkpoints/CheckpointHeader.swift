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
}

import OptimKit

/// What reports tell about a problem, without its numbers.
struct ProblemFacts: Sendable {
  /// Where the data come from.
  let data: String
  /// What was done to the rows.
  let remark: String
  /// Samples n that are trained on.
  let samples: Int
  /// Samples that are not.
  let testSamples: Int
  /// Features d.
  let features: Int
  /// Neurons m.
  let width: Int
  /// Outputs k.
  let outputs: Int
  /// What training was asked for.
  let options: Options
}

extension TrainingProblem {
  /// What reports tell about the problem.
  var facts: ProblemFacts {
    ProblemFacts(
      data: data.name, remark: data.remark, samples: sizes.samples,
      testSamples: data.test?.features.rowCount ?? 0, features: sizes.features,
      width: sizes.width, outputs: sizes.outputs, options: options)
  }
}

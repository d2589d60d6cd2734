import OptimKit

extension ComputeEnvironment {
  /// Library, kernels, threads and processor.
  package var json: JSONValue {
    [
      "library": .string(library),
      "kernel": .string(kernel),
      "kernelLevel": .string(kernelLevel.name),
      "threads": .integer(threads),
      "processorCount": .integer(processorCount),
      "processorFeatures": .array(processorFeatures.names.map { .string($0) }),
    ]
  }
}

extension RunSummary {
  /// Seconds by phase; they add up to `seconds`, of which those outside of the run are its set-up.
  package func phasesJSON(of seconds: Double) -> JSONValue {
    var phases = Dictionary(
      uniqueKeysWithValues: self.phases.map { ($0.key.rawValue, JSONValue.number($0.value)) })
    phases["setup"] = .number(seconds - self.seconds)
    return .object(phases)
  }

  /// What ranks told each other; empty for a run of one process without MPI.
  package var communicationJSON: [String: JSONValue] {
    guard let communication else { return [:] }
    let steps = Double(max(1, history.count - 1))
    let total = communication.total
    return [
      "ranks": .integer(communication.rankCount),
      "bytesPerIteration": .number(Double(total.bytes) / steps),
      "communicationSeconds": .number(total.seconds),
      "communication": .object(
        Dictionary(
          uniqueKeysWithValues: communication.counts.map { kind, count in
            (
              kind.rawValue,
              [
                "sums": .integer(count.sums), "bytes": .integer(count.bytes),
                "seconds": .number(count.seconds),
              ] as JSONValue
            )
          })),
    ]
  }

  /// One object an iteration; the starting point is `initialLoss`. With explanations of how the automatic solver
  /// chose where they are asked for.
  package func historyJSON(isExplained: Bool = false) -> JSONValue {
    .array(
      zip(history, history.dropFirst()).map { previous, record in
        var object: [String: JSONValue] = [
          "iteration": .integer(record.iteration),
          "loss": .number(record.loss),
          "relativeLoss": .number(record.relativeLoss),
          "ratio": .optional(record.lossRatio),
          "gradientNorm": .optional(record.gradientNorm),
          "innerIterations": .integer(record.innerIterations),
          "solver": .optional(record.step?.preparation?.selection?.chosen.name),
          "seconds": .number(record.elapsedSeconds - previous.elapsedSeconds),
          "elapsedSeconds": .number(record.elapsedSeconds),
        ]
        if isExplained { object["explanation"] = .optional(record.explanation) }
        return .object(object)
      })
  }
}

extension EvaluationCounts {
  /// Every count; inner iterations are those of conjugate gradients where `isCG` says so.
  package func json(isCG: Bool) -> JSONValue {
    [
      "evaluations": .integer(evaluations),
      "linearizations": .integer(linearizations),
      "batchEvaluations": .integer(batchEvaluations),
      "batchSamples": .integer(batchSamples),
      "jacobianProducts": .integer(jacobianProducts),
      "transposedJacobianProducts": .integer(transposedJacobianProducts),
      "gramMatrices": .integer(gramMatrices),
      "sketches": .integer(sketches),
      "factorizations": .integer(factorizations),
      "innerIterations": .integer(innerIterations),
      "cgIterations": .integer(isCG ? innerIterations : 0),
    ]
  }
}

extension IterationRecord {
  /// How the automatic solver chose in this step, and what it took; nil for another solver.
  package var explanation: String? {
    step?.preparation?.selection?.explanation(
      actualIterations: innerIterations, actualSeconds: step?.solverSeconds)
  }
}

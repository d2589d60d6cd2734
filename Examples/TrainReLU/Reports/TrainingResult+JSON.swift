import ExampleSupport
import OptimKit

extension TrainingResult {
  /// The object that `--json` prints; where training failed at once, its measurements are null.
  func json(_ facts: ProblemFacts) -> JSONValue {
    var object = facts.json
    object["solver"] = .string(solver.rawValue)
    object["sketch"] = .optional(sketch?.rawValue)
    switch outcome {
    case .finished(let report): object.merge(report.json(isCG: isCG)) { $1 }
    case .failed(let error): object.merge(Self.json(of: error)) { $1 }
    }
    return .object(object)
  }

  private var isCG: Bool {
    switch solver {
    case .cg, .sketched: true
    case .automatic: report?.summary.history.allSatisfy { !$0.isSolvedByLSQR } ?? false
    default: false
    }
  }

  private static func json(of error: OptimKitError) -> [String: JSONValue] {
    [
      "status": .string(RunStatus.failed.rawValue), "reason": .string(error.description),
      "iterations": .integer(0), "seconds": .null, "initialLoss": .null, "finalLoss": .null,
      "relativeLoss": .null, "largestRatio": .null, "phases": [:], "counts": [:],
      "history": .array([]), "accuracy": .null, "trainRMSE": .null, "largestMovement": .null,
    ]
  }
}

extension TrainingReport {
  fileprivate func json(isCG: Bool) -> [String: JSONValue] {
    [
      "status": .string(summary.reason.status.rawValue),
      "reason": .string(summary.reason.description),
      "iterations": .integer(summary.iterations),
      "seconds": .number(seconds),
      "initialLoss": .number(summary.initialLoss),
      "finalLoss": .number(summary.finalLoss),
      "relativeLoss": .number(summary.relativeLoss),
      "largestRatio": .optional(largestRatio),
      "phases": phases,
      "counts": summary.counts.json(isCG: isCG),
      "history": .array(history),
      "accuracy": accuracy,
      "trainRMSE": .number(score.trainRMSE),
      "largestMovement": .number(largestMovement),
      "notes": .array(notes.map { .string($0) }),
      "warnings": .array(summary.warnings.map { .string($0) }),
    ]
  }

  /// Seconds by phase; they add up to all of training.
  private var phases: JSONValue {
    var phases = Dictionary(
      uniqueKeysWithValues: summary.phases.map { ($0.key.rawValue, JSONValue.number($0.value)) })
    phases["setup"] = .number(seconds - summary.seconds)
    return .object(phases)
  }

  private var accuracy: JSONValue {
    guard let train = score.trainAccuracy else { return .null }
    return ["train": .number(train), "test": .optional(score.testAccuracy)]
  }

  /// One object an iteration; the starting point is `initialLoss`.
  private var history: [JSONValue] {
    zip(summary.history, summary.history.dropFirst()).map { previous, record in
      [
        "iteration": .integer(record.iteration),
        "loss": .number(record.loss),
        "relativeLoss": .number(record.relativeLoss),
        "ratio": .optional(record.lossRatio),
        "innerIterations": .integer(record.innerIterations),
        "solver": .optional(record.step?.preparation?.selection?.chosen.name),
        "seconds": .number(record.elapsedSeconds - previous.elapsedSeconds),
        "elapsedSeconds": .number(record.elapsedSeconds),
      ]
    }
  }
}

extension EvaluationCounts {
  fileprivate func json(isCG: Bool) -> JSONValue {
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
  /// Whether the automatic solver took to LSQR in this step.
  fileprivate var isSolvedByLSQR: Bool {
    step?.preparation?.selection?.chosen.name.contains("LSQR") ?? false
  }
}

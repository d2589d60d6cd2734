import ExampleSupport
import OptimKit

extension TrainingResult {
  /// The object that `--json` prints; where training failed at once, its measurements are null.
  func json(_ facts: ProblemFacts) -> JSONValue {
    var object = facts.json
    object["solver"] = .string(solver.rawValue)
    object["sketch"] = .optional(sketch?.rawValue)
    switch outcome {
    case .finished(let report):
      object.merge(report.json(isCG: isCG, isExplained: facts.options.explain)) { $1 }
      object.merge(report.summary.communicationJSON) { $1 }
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
  fileprivate func json(isCG: Bool, isExplained: Bool) -> [String: JSONValue] {
    [
      "status": .string(summary.reason.status.rawValue),
      "reason": .string(summary.reason.description),
      "iterations": .integer(summary.iterations),
      "seconds": .number(seconds),
      "initialLoss": .number(summary.initialLoss),
      "finalLoss": .number(summary.finalLoss),
      "relativeLoss": .number(summary.relativeLoss),
      "largestRatio": .optional(largestRatio),
      "phases": summary.phasesJSON(of: seconds),
      "counts": summary.counts.json(isCG: isCG),
      "history": summary.historyJSON(isExplained: isExplained),
      "accuracy": accuracy,
      "trainRMSE": .number(score.trainRMSE),
      "largestMovement": .number(largestMovement),
      "notes": .array(notes.map { .string($0) }),
      "warnings": .array(summary.warnings.map { .string($0) }),
    ]
  }

  private var accuracy: JSONValue {
    guard let train = score.trainAccuracy else { return .null }
    return ["train": .number(train), "test": .optional(score.testAccuracy)]
  }
}

extension IterationRecord {
  /// Whether the automatic solver took to LSQR in this step.
  fileprivate var isSolvedByLSQR: Bool {
    step?.preparation?.selection?.chosen.name.contains("LSQR") ?? false
  }
}

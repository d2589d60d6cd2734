import ExampleSupport
import OptimKit

extension FitResult {
  /// The object that `--json` prints; where a fit failed at once, its measurements are null.
  func json(_ options: Options) -> [String: JSONValue] {
    let environment = ComputeEnvironment.current
    var object: [String: JSONValue] = [
      "example": "fit-erm",
      "data": .string(data),
      "samples": .integer(shape.samples),
      "dimension": .integer(shape.features),
      "loss": .string(loss.rawValue),
      "ridge": .number(ridge),
      "solver": .string(solver.rawValue),
      "sketch": .optional(solver.sketch),
      "tolerance": .number(options.tolerance),
      "maxIterations": .integer(options.maxIterations),
      "seed": .integer(options.seed),
      "scalar": .string(options.scalar.rawValue),
      "kernel": .string(environment.kernel),
      "threads": .integer(environment.threads),
      "environment": environment.json,
    ]
    switch outcome {
    case .finished(let report):
      object.merge(report.json) { $1 }
      object.merge(report.tablesJSON) { $1 }
      object.merge(report.summary.communicationJSON) { $1 }
    case .failed(let error): object.merge(Self.json(of: error)) { $1 }
    }
    return object
  }

  private static func json(of error: OptimKitError) -> [String: JSONValue] {
    [
      "status": .string(RunStatus.failed.rawValue), "reason": .string(error.description),
      "iterations": .integer(0), "seconds": .null, "initialLoss": .null, "finalLoss": .null,
      "relativeLoss": .null, "phases": [:], "counts": [:], "history": .array([]),
      "objective": .null, "relativeGradient": .null, "accuracy": .null, "deviance": .null,
      "certificate": .null, "warnings": .array([]),
    ]
  }
}

extension FitReport {
  fileprivate var json: [String: JSONValue] {
    [
      "status": .string(summary.reason.status.rawValue),
      "reason": .string(summary.reason.description),
      "iterations": .integer(summary.iterations),
      "seconds": .number(seconds),
      "initialLoss": .number(summary.initialLoss),
      "finalLoss": .number(summary.finalLoss),
      "relativeLoss": .number(summary.relativeLoss),
      "phases": summary.phasesJSON(of: seconds),
      "counts": summary.counts.json(isCG: true),
      "history": summary.historyJSON(),
      "notes": .array(summary.notes.map { .string($0) }),
      "objective": .number(summary.finalLoss),
      "relativeGradient": .number(relativeGradient),
      "accuracy": .optional(accuracy),
      "deviance": .optional(deviance),
      "certificate": certificate?.json ?? .null,
      "warnings": .array((certificate?.warnings ?? []).map { .string($0) }),
    ]
  }
}

extension ConvexCertificate {
  fileprivate var json: JSONValue {
    [
      "gradientNorm": .number(gradientNorm),
      "newtonDecrement": .optional(newtonDecrement),
      "dualityGap": .optional(dualityGap),
      "strongConvexity": .number(strongConvexity),
      "smoothness": .number(smoothness),
      "conditionNumber": .number(conditionNumber),
      "statements": .array(statements.map { .string($0) }),
    ]
  }
}

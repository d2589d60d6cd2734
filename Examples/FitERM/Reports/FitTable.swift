import ExampleSupport
import OptimKit

/// Fits side by side, one row each.
struct FitTable: Sendable {
  let results: [FitResult]
  let options: Options

  /// One row a fit.
  var text: String {
    var table = TextTable([
      "data", "n", "d", "loss", "solver", "status", "steps", "inner", "seconds", "objective",
      "gradient", "score",
    ])
    for result in results { table.append(result.cells) }
    return table.text + "\n\(ComputeEnvironment.current)"
  }

  /// One object: that of the fit, or, where there are several, what they share and `results`.
  var json: JSONValue {
    guard results.count > 1 || options.compare else { return .object(results[0].json(options)) }
    let environment = ComputeEnvironment.current
    let (status, reason) = Interruption.verdict(
      success: "all fits converged",
      notConverged: results.filter { !$0.isConverged }.map(\.label))
    return [
      "example": "fit-erm",
      "status": .string(status),
      "reason": .string(reason),
      "seconds": .number(results.compactMap { $0.report?.seconds }.reduce(0, +)),
      "seed": .integer(options.seed),
      "scalar": .string(options.scalar.rawValue),
      "kernel": .string(environment.kernel),
      "threads": .integer(environment.threads),
      "environment": environment.json,
      "results": .array(results.map { .object($0.json(options)) }),
    ]
  }
}

extension FitResult {
  /// Data and solver.
  var label: String { "\(data) \(solver.rawValue)" }

  fileprivate var cells: [String] {
    let start = [data, "\(shape.samples)", "\(shape.features)", loss.rawValue, solver.rawValue]
    guard let report else { return start + ["failed"] }
    let summary = report.summary
    return start + [
      summary.reason.status.rawValue, "\(summary.iterations)", "\(summary.counts.innerIterations)",
      report.seconds.decimals(3), summary.finalLoss.significant(8),
      report.relativeGradient.significant(2), report.score,
    ]
  }
}

extension FitReport {
  /// Accuracy or deviance.
  var score: String {
    accuracy.map { "accuracy \(($0 * 100).decimals(2)) %" }
      ?? deviance.map { "deviance \($0.significant(8))" } ?? ""
  }
}

import ExampleSupport
import OptimKit

/// All runs of Moré, Garbow and Hillstrom's problems.
struct StandardReport {
  let results: [StandardResult]
  let options: Options

  private func count(_ outcome: StandardResult.Outcome) -> Int {
    results.count { $0.outcome == outcome }
  }

  /// A row a run.
  var text: String {
    var table = TextTable([
      "problem", "n", "m", "start ×", "‖f‖²", "minimum", "reached", "iterations", "evaluations",
    ])
    for result in results {
      let problem = result.run.problem
      table.append([
        problem.name, "\(problem.start.count)", "\(problem.residualCount)",
        "\(Int(result.run.factor))", result.square.significant(7), problem.minimum.significant(7),
        result.outcome.rawValue, "\(result.iterations)", "\(result.evaluations)",
      ])
    }
    return """
      optimizer    \(options.optimizer.strategy.name), \(options.optimizer.strategy.details)
      environment  \(ComputeEnvironment.current)

      \(table.text)

      Of \(results.count) runs \(count(.global)) end at the global minimum, \(count(.local)) at another minimum that is \
      listed, or lower, \(count(.elsewhere)) elsewhere.
      """
  }

  /// One object, with those of the runs as `results`.
  var json: JSONValue {
    [
      "example": "fit-curve", "optimizer": .string(options.optimizer.rawValue),
      "environment": .string(ComputeEnvironment.current.description),
      "global": .integer(count(.global)), "local": .integer(count(.local)),
      "elsewhere": .integer(count(.elsewhere)),
      "results": .array(
        results.map { result in
          [
            "problem": .string(result.run.problem.name),
            "parameters": .integer(result.run.problem.start.count),
            "residuals": .integer(result.run.problem.residualCount),
            "factor": .integer(Int(result.run.factor)), "ssr": .number(result.square),
            "minimum": .number(result.run.problem.minimum),
            "reached": .string(result.outcome.rawValue),
            "status": .string(result.reason.status.rawValue),
            "iterations": .integer(result.iterations), "evaluations": .integer(result.evaluations),
          ]
        }),
    ]
  }
}

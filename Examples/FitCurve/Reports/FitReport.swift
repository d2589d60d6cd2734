import ExampleSupport
import OptimKit

/// All fits of a run, for people and for programs.
struct FitReport {
  let results: [FitResult]
  let options: Options

  private var header: String {
    "optimizer    \(options.optimizer.strategy.name), \(options.optimizer.strategy.details)\n"
      + "environment  \(ComputeEnvironment.current)\n"
  }

  /// Each fit with its parameters; of several, a row each.
  var text: String {
    results.count <= 2
      ? ([header] + results.map(\.text)).joined(separator: "\n") : header + "\n" + table
  }

  private var table: String {
    var table = TextTable([
      "problem", "start", "digits", "of std. errors", "residual sum of squares", "iterations",
      "evaluations", "ms", "status",
    ])
    for result in results {
      table.append([
        result.problem.name, result.problem.start.map { "\($0 + 1)" } ?? "",
        result.digits?.decimals(1) ?? "–", result.standardErrorDigits?.decimals(1) ?? "–",
        result.residualSumOfSquares.significant(8), "\(result.iterations)",
        "\(result.evaluations)", (1000 * result.seconds).significant(3),
        result.reason.status.rawValue,
      ])
    }
    let worst = results.compactMap(\.digits).min()
    let seconds = results.reduce(0) { $0 + $1.seconds }
    return """
      \(table.text)

      Digits are those that the worst parameter, or standard error, has in common with the certified one, of which 11 are
      known. \(results.count) fits in \(seconds.significant(3)) s\(worst.map { ", all to \($0.decimals(1)) digits or better" } ?? "").
      """
  }

  /// One object, with those of the fits as `results`.
  var json: JSONValue {
    let environment = ComputeEnvironment.current
    return [
      "example": "fit-curve", "optimizer": .string(options.optimizer.rawValue),
      "kernel": .string(environment.kernel), "threads": .integer(environment.threads),
      "environment": .string(environment.description),
      "seconds": .number(results.reduce(0) { $0 + $1.seconds }),
      "results": .array(results.map(\.json)),
    ]
  }
}

extension FitResult {
  /// One object.
  var json: JSONValue {
    let names = problem.parameterNames
    func named(_ values: [Double]) -> JSONValue {
      .object(Dictionary(uniqueKeysWithValues: zip(names, values.map { .number($0) })))
    }
    return [
      "problem": .string(problem.name),
      "start": problem.start.map { .integer($0 + 1) } ?? .null,
      "status": .string(reason.status.rawValue), "reason": .string(reason.description),
      "digits": .optional(digits), "standardErrorDigits": .optional(standardErrorDigits),
      "ssr": .number(residualSumOfSquares), "iterations": .integer(iterations),
      "evaluations": .integer(evaluations), "linearizations": .integer(linearizations),
      "seconds": .number(seconds), "parameters": named(parameters),
      "standardErrors": statistics.map { named($0.estimates.standardErrors) } ?? .null,
      "rSquared": .optional(statistics?.rSquared), "aic": .optional(statistics?.aic),
      "bic": .optional(statistics?.bic),
    ]
  }

  /// What the fit gave, in a few lines.
  var text: String {
    let start = problem.start.map { ", start \($0 + 1)" } ?? ""
    let table =
      statistics.map { "\($0)" }
      ?? zip(problem.parameterNames, parameters).map { "\($0)  \($1.significant(8))" }
      .joined(separator: "\n")
    var lines = [
      "\(problem.name)\(start): \(reason.status.rawValue), \(reason)",
      table,
      "residual sum of squares \(residualSumOfSquares.significant(11)), \(iterations) iterations, "
        + "\(evaluations) evaluations, \((1000 * seconds).significant(3)) ms",
    ]
    if let digits {
      lines.append(
        "\(digits.decimals(1)) digits of the certified parameters"
          + (standardErrorDigits.map { ", \($0.decimals(1)) of their standard errors" } ?? ""))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

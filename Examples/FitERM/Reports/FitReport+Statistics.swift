import ExampleSupport
import OptimKit

extension FitReport {
  /// The tables that were asked for: coefficients with their standard errors, and the path of ridges.
  var tables: [String] {
    var tables: [String] = []
    if let statistics { tables.append(statistics.description) }
    if !path.isEmpty {
      let hasScores = path[0].heldOut != nil
      var table = TextTable(
        ["ridge", "deviance", "parameters", "steps"]
          + (hasScores ? ["held-out deviance", "std. error", "choice"] : []))
      for row in path {
        table.append(
          [
            row.ridge.significant(), row.deviance.significant(8),
            row.effectiveParameterCount?.significant() ?? "",
            "\(row.iterations)\(row.isConverged ? "" : "!")",
          ]
            + (row.heldOut.map {
              [$0.mean.significant(6), $0.standardError.significant(2), row.mark]
            }
              ?? []))
      }
      tables.append(table.text)
    }
    return tables
  }

  /// The same in JSON; names that were not asked for are absent.
  var tablesJSON: [String: JSONValue] {
    var object: [String: JSONValue] = [:]
    if let statistics {
      let estimates = statistics.estimates
      let (errors, scores, pValues) = (
        estimates.standardErrors, estimates.statistics, estimates.pValues
      )
      object["dispersion"] = .number(statistics.dispersion)
      object["coefficients"] = .array(
        estimates.names.indices.map { i in
          [
            "name": .string(estimates.names[i]), "estimate": .number(estimates.values[i]),
            "standardError": .number(errors[i]), "statistic": .number(scores[i]),
            "pValue": .number(pValues[i]),
          ]
        })
      object["statisticsWarnings"] = .array(statistics.warnings.map { .string($0) })
    }
    if !path.isEmpty {
      object["path"] = .array(
        path.map { row in
          [
            "ridge": .number(row.ridge), "objective": .number(row.objective),
            "deviance": .number(row.deviance),
            "effectiveParameters": .optional(row.effectiveParameterCount),
            "iterations": .integer(row.iterations), "isConverged": .boolean(row.isConverged),
            "heldOutDeviance": .optional(row.heldOut?.mean),
            "heldOutStandardError": .optional(row.heldOut?.standardError),
            "choice": .string(row.mark),
          ]
        })
    }
    return object
  }
}

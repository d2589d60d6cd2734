import Foundation

extension ParameterEstimates: CustomStringConvertible {
  /// A row for each parameter: estimate, standard error, statistic, p-value and 95 % confidence interval.
  public var description: String { (try? table(level: 0.95)) ?? "" }

  /// A row for each parameter, with confidence intervals of a level of choice.
  ///
  /// - Throws: ``OptimKitError`` where the level is not between 0 and 1.
  public func table(level: Double = 0.95) throws -> String {
    let statistic = degreesOfFreedom == nil ? "z" : "t"
    let percent = String(format: "%g", level * 100)
    let intervals = try confidenceIntervals(level: level)
    var rows = [
      ["", "estimate", "std. error", statistic, "p-value", "lower \(percent) %", "upper"]
    ]
    let (errors, statistics, pValues) = (standardErrors, statistics, pValues)
    for i in names.indices {
      let note =
        fixed.contains(i) ? "fixed" : unidentified.contains(i) ? "not determined" : ""
      rows.append(
        [names[i], Self.format(values[i])]
          + (note.isEmpty
            ? [
              Self.format(errors[i]), String(format: "%.3f", statistics[i]),
              String(format: pValues[i] < 1e-4 ? "%.1e" : "%.4f", pValues[i]),
              Self.format(intervals[i].lowerBound), Self.format(intervals[i].upperBound),
            ] : [note]))
    }
    let widths = rows[0].indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private static func format(_ value: Double) -> String { String(format: "%.6g", value) }
}

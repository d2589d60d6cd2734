import Foundation
import OptimKit

/// Writes a report of the run as one HTML file without scripts or references, when the run ends: the summary, plots of
/// the loss and of the linear solver's iterations, seconds by phase, and for each iteration what was decided.
public final class HTMLReport: Observer {
  private let url: URL

  /// Creates an observer that writes to `url`.
  public init(_ url: URL) { self.url = url }

  /// Writes the file.
  public func runDidEnd(_ summary: RunSummary) throws {
    try Self.html(of: summary).writeReport(to: url)
  }

  /// The report.
  public static func html(of summary: RunSummary) -> String {
    let title = "\(summary.run.optimizer): \(summary.reason.status.rawValue)"
    let parts = [
      "<h1>\(title.escapedForMarkup)</h1>",
      "<p>\(summary.briefDescription.escapedForMarkup)</p>",
      ConvergencePlot.svg(of: summary.history),
      innerIterations(summary),
      phases(summary),
      "<h2>Summary</h2>",
      "<pre>\(summary.description.escapedForMarkup)</pre>",
      "<h2>Iterations</h2>",
      iterations(summary),
      selections(summary),
    ]
    return HTMLPage(title: title, parts: parts).text
  }

  private static func innerIterations(_ summary: RunSummary) -> String {
    let records = summary.history.filter { $0.step?.solve != nil }
    guard records.contains(where: { $0.innerIterations > 0 }) else { return "" }
    return Plot(
      title: "Iterations of the linear solver", horizontalName: "iteration", isBars: true,
      series: [
        Plot.Series(
          name: "inner iterations",
          points: records.map { (Double($0.iteration), Double($0.innerIterations)) })
      ]
    ).svg
  }

  private static func phases(_ summary: RunSummary) -> String {
    let known = Phase.allCases.compactMap { phase in
      summary.phases[phase].map { (phase.rawValue, $0) }
    }
    let total = max(summary.seconds, .leastNormalMagnitude)
    let rows = known.enumerated().map { number, phase in
      let y = 30 + 22 * number
      let share = min(1, max(0, phase.1 / total))
      return "<text x=\"90\" y=\"\(y + 12)\" text-anchor=\"end\">\(phase.0)</text>"
        + "<rect x=\"100\" y=\"\(y)\" width=\"\(Plot.text(480 * share))\" height=\"16\" fill=\"#1f5fa8\"/>"
        + "<text x=\"\(Plot.text(106 + 480 * share))\" y=\"\(y + 12)\">"
        + String(format: "%.3f s, %.0f %%", phase.1, 100 * share) + "</text>"
    }
    let height = 40 + 22 * known.count
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 \(height)\" role=\"img\" "
      + "font-family=\"sans-serif\" font-size=\"12\"><title>Seconds by phase</title>"
      + "<text x=\"10\" y=\"18\" font-size=\"14\">Seconds by phase</text>"
      + rows.joined(separator: "\n") + "</svg>"
  }

  private static func iterations(_ summary: RunSummary) -> String {
    func number(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "" }
    let headings = [
      "iteration", "loss", "ratio", "gradient norm", "step length", "step norm", "inner",
      "residual", "seconds", "preparation",
    ]
    let cells = summary.history.map { record -> [String] in
      let preparation = record.step?.preparation
      let decision = [preparation?.selection?.chosen.name, preparation?.decision]
        .compactMap(\.self).joined(separator: "; ")
      return [
        "\(record.iteration)", number(record.loss), number(record.lossRatio),
        number(record.gradientNorm), number(record.step?.stepLength),
        number(record.step?.stepNorm), record.step?.solve == nil ? "" : "\(record.innerIterations)",
        number(record.step?.solve?.relativeResidual),
        String(format: "%.3f", record.elapsedSeconds), decision.escapedForMarkup,
      ]
    }
    // Columns that no iteration has something for are left out.
    let columns = headings.indices.filter { column in cells.contains { !$0[column].isEmpty } }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + columns.map { column in
          let style = headings[column] == "preparation" ? " class=\"words\"" : ""
          return "<\(tag)\(style)>\(cells[column])</\(tag)>"
        }.joined() + "</tr>"
    }
    let head = row(headings, "th")
    let rows = cells.map { row($0, "td") }
    return "<table><thead>\(head)</thead><tbody>\n"
      + rows.joined(separator: "\n") + "\n</tbody></table>"
  }

  /// How the solver chose, where it does.
  private static func selections(_ summary: RunSummary) -> String {
    let texts = summary.history.compactMap { record in
      record.step?.preparation?.selection.map { selection in
        "step \(record.iteration): "
          + selection.explanation(
            actualIterations: record.innerIterations, actualSeconds: record.step?.solverSeconds)
      }
    }
    guard !texts.isEmpty else { return "" }
    return "<h2>How each system's solver was chosen</h2>\n<pre>"
      + texts.joined(separator: "\n").escapedForMarkup + "</pre>"
  }
}

import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

extension ClaimReport {
  /// A page for a browser: the table of verdicts, then each claim with its numbers and plots.
  package var html: String {
    let parts = [
      "<h1>Does it do what the paper says?</h1>",
      "<p>\(summary.escapedForMarkup.replacingOccurrences(of: "\n", with: "<br>"))</p>",
      "<p>\((isFull ? "Full" : "Quick").escapedForMarkup) sizes, seed \(seed). "
        + "\(ComputeEnvironment.current.description.escapedForMarkup)</p>",
      table,
    ]
    return HTMLPage(title: "Claims, measured", parts: parts + verdicts.map(\.html)).text
  }

  private var table: String {
    let rows = verdicts.map { verdict in
      [
        "<a href=\"#\(verdict.claim.id)\">\(verdict.claim.id)</a>",
        verdict.claim.title.escapedForMarkup,
        verdict.decisive.map { "\($0.quantity.escapedForMarkup)" } ?? "",
        verdict.decisive.map { $0.value.significant(3) } ?? "",
        verdict.decisive.map { $0.bound.description.escapedForMarkup } ?? "",
        verdict.outcome.words.escapedForMarkup,
      ]
    }
    return MarkupTable(
      headings: ["", "claim", "decided by", "measured", "bound", "verdict"], rows: rows
    ).text
  }
}

extension Verdict {
  /// The section of the claim.
  fileprivate var html: String {
    let rows = figures.map {
      [
        $0.quantity.escapedForMarkup, $0.value.significant(4),
        $0.bound.description.escapedForMarkup,
        $0.basis.rawValue, $0.holds ? "yes" : "no",
        ($0.holds ? "" : $0.exception ?? "").escapedForMarkup,
      ]
    }
    let remarks = finding?.remarks ?? []
    let parts: [String] = [
      "<h2 id=\"\(claim.id)\">\(claim.id): \(claim.title.escapedForMarkup)</h2>",
      "<p>\(claim.statement.escapedForMarkup) <em>(\(claim.source.escapedForMarkup))</em></p>",
      "<p><strong>\(outcome.words.escapedForMarkup)</strong></p>",
      failure.map { "<p>\($0.escapedForMarkup)</p>" } ?? "",
      finding.map { "<p>Run: \($0.ran.escapedForMarkup), in \(seconds.decimals(1)) s.</p>" } ?? "",
      rows.isEmpty
        ? ""
        : MarkupTable(
          headings: ["quantity", "measured", "bound", "basis", "within", "known because"],
          rows: rows
        ).text,
    ]
    return
      (parts + remarks.map { "<p>\($0.escapedForMarkup)</p>" }
      + (finding?.plots ?? []).map(\.svg))
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

/// A table in HTML, of cells that are markup; all text to the left.
private struct MarkupTable {
  let headings: [String]
  let rows: [[String]]

  var text: String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag) class=\"words\">\($0)</\(tag)>" }.joined() + "</tr>"
    }
    return "<table><thead>\(row(headings, "th"))</thead><tbody>\n"
      + rows.map { row($0, "td") }.joined(separator: "\n") + "\n</tbody></table>"
  }
}

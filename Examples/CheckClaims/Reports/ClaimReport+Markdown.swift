import ExampleSupport
import OptimKit

extension ClaimReport {
  /// The same in Markdown, for documents: the table of verdicts, then each claim with its numbers.
  package var markdown: String {
    var table = [
      "| | claim | decided by | measured | bound | verdict |", "|---|---|---|---:|---|---|",
    ]
    for verdict in verdicts {
      let decisive = verdict.decisive
      table.append(
        MarkdownRow([
          verdict.claim.id, verdict.claim.title, decisive?.quantity ?? "",
          decisive?.value.significant(3) ?? "", decisive?.bound.description ?? "",
          verdict.outcome.words,
        ]).text)
    }
    let environment =
      "\(isFull ? "Full" : "Quick") sizes, seed \(seed). \(ComputeEnvironment.current)."
    return
      ([summary.asParagraph, environment, table.joined(separator: "\n")] + verdicts.map(\.markdown))
      .joined(separator: "\n\n") + "\n"
  }
}

extension Verdict {
  /// The section of the claim.
  fileprivate var markdown: String {
    var parts = [
      "### \(claim.id): \(claim.title)", "\(claim.statement) (\(claim.source))",
    ]
    if let failure { parts.append("Could not be checked: \(failure)") }
    if let finding { parts.append("Run: \(finding.ran). \(seconds.decimals(1)) s.") }
    if !figures.isEmpty {
      let rows = figures.map {
        MarkdownRow([
          $0.quantity, $0.value.significant(4), $0.bound.description, $0.basis.rawValue,
          $0.holds ? "yes" : $0.exception.map { "no: \($0)" } ?? "no",
        ]).text
      }
      parts.append(
        (["| quantity | measured | bound | basis | within |", "|---|---:|---|---|---|"] + rows)
          .joined(separator: "\n"))
    }
    return (parts + (finding?.remarks ?? [])).joined(separator: "\n\n")
  }
}

/// A row of a table in Markdown.
private struct MarkdownRow {
  let text: String

  init(_ cells: [String]) {
    text = "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}

extension String {
  /// The lines as one paragraph.
  fileprivate var asParagraph: String {
    split(separator: "\n").joined(separator: " ")
  }
}

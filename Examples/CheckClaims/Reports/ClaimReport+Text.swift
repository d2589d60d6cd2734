import ExampleSupport
import OptimKit

extension Verdict.Outcome {
  /// In words.
  package var words: String {
    switch self {
    case .holds: "holds"
    case .doesNotHold: "does NOT hold"
    case .knownException: "does NOT hold, as is known"
    case .unchecked: "could not be checked"
    }
  }
}

extension Verdict.Outcome {
  /// Before the names of claims that came out so.
  fileprivate var heading: String {
    switch self {
    case .holds: "Holding"
    case .doesNotHold: "NOT holding"
    case .knownException: "NOT holding, as is known"
    case .unchecked: "Not checked"
    }
  }
}

extension Verdict {
  /// The claim, what was run, every number beside its bound, and the verdict.
  package var text: String {
    var lines = ["\(claim.id) \(claim.title): \(outcome.words) (\(seconds.decimals(1)) s)"]
    lines += Self.paragraph("claim", "\(claim.statement) (\(claim.source))")
    if let finding { lines += Self.paragraph("run", finding.ran) }
    if let failure { lines += Self.paragraph("failed", failure) }
    for figure in figures {
      let mark = figure.holds ? "  ✓ " : "  ✗ "
      lines.append(
        "\(mark) \(figure.quantity): \(figure.value.significant(3)), bound "
          + "\(figure.bound)\(figure.basis == .timed ? " (time)" : "")")
      if let exception = figure.exception, !figure.holds {
        lines += Self.paragraph("known", exception)
      }
    }
    for remark in finding?.remarks ?? [] { lines += Self.paragraph("note", remark) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Lines with a word before the first of them.
  private static func paragraph(_ word: String, _ text: String) -> [String] {
    let column = 12
    let lines = text.wrapped(to: 100 - column)
    return lines.enumerated().map { number, line in
      let start = number == 0 ? "     \(word)" : ""
      return start + String(repeating: " ", count: column - start.count) + line
    }
  }
}

extension ClaimReport {
  /// What is checked, and where.
  package static func header(of context: ClaimContext) -> String {
    """
    sizes        \(context.isFull ? "full" : "quick"), seed \(context.seed)
    environment  \(ComputeEnvironment.current)

    """
  }

  /// How many claims hold, and which do not.
  package var summary: String {
    var lines = ["\(verdicts(.holds).count) of \(verdicts.count) claims hold."]
    for outcome in [Verdict.Outcome.doesNotHold, .knownException, .unchecked] {
      let names = verdicts(outcome).map { verdict in
        let isTimed = verdict.misses.allSatisfy { $0.basis == .timed } && outcome == .doesNotHold
        return verdict.claim.id + (isTimed ? " (about time)" : "")
      }
      if !names.isEmpty {
        lines.append("\(outcome.heading): \(names.joined(separator: ", ")).")
      }
    }
    return lines.joined(separator: "\n")
  }
}

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

extension Verdict {
  /// The claim, what was run, every number beside its bound, and the verdict.
  package var text: String {
    var lines = ["\(claim.id) \(claim.title): \(outcome.words) (\(seconds.decimals(1)) s)"]
    if let failure { lines.append("     \(failure)") }
    for measurement in measurements {
      let mark = measurement.holds ? "    " : "  ✗ "
      lines.append(
        "\(mark) \(measurement.quantity): \(measurement.value.significant(3)), bound "
          + "\(measurement.bound)\(measurement.basis == .timed ? " (time)" : "")")
      if let exception = measurement.exception, !measurement.holds {
        lines.append("       known: \(exception)")
      }
    }
    return lines.joined(separator: "\n")
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
    var lines = ["", "\(verdicts(.holds).count) of \(verdicts.count) claims hold."]
    for outcome in [Verdict.Outcome.doesNotHold, .knownException, .unchecked] {
      let names = verdicts(outcome).map { verdict in
        let isTimed = verdict.misses.allSatisfy { $0.basis == .timed } && outcome == .doesNotHold
        return verdict.claim.id + (isTimed ? " (about time)" : "")
      }
      if !names.isEmpty { lines.append("\(outcome.words): \(names.joined(separator: ", "))") }
    }
    return lines.joined(separator: "\n")
  }
}

import Foundation

/// A table of the report, in Markdown.
struct Table {
  let header: [String]
  var rows: [[String]] = []

  var text: String {
    let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
    return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }

  /// Seconds with three significant digits.
  static func seconds(_ value: Double) -> String {
    let digits = max(0, min(6, 2 - Int(log10(max(value, 1e-9)).rounded(.down))))
    return String(format: "%.\(digits)f", value)
  }

  /// Bytes in megabytes of 10⁶.
  static func megabytes(_ bytes: Int) -> String {
    bytes > 0 ? "\((bytes + 500_000) / 1_000_000)" : "–"
  }
}

/// A further column of a table of contestants.
struct Column: Sendable {
  let name: String
  let value: @Sendable (Race.Outcome) -> String

  /// Outer steps of a training.
  static let steps = Column(name: "steps") { outcome in
    outcome.last?.losses.map { String($0.count - 1) } ?? "–"
  }

  /// The loss at the end of a training relative to that of its start.
  static let relativeLoss = Column(name: "relative loss") { outcome in
    guard let losses = outcome.last?.losses, let first = losses.first, let last = losses.last else {
      return "–"
    }
    return String(format: "%.1e", last / first)
  }

  /// By how much the resident size grew: memory beyond interpreter and inputs.
  static let workMemory = Column(name: "work MB") { Table.megabytes($0.workBytes) }

  /// A number that tasks report, in the given format.
  static func metric(_ key: String, _ name: String, _ format: String) -> Column {
    Column(name: name) { outcome in
      outcome.metric(key).map { String(format: format, $0) } ?? "–"
    }
  }
}

extension Race {
  /// One row a contestant; times are compared with those of OptimKit's fastest in double precision.
  func table(_ columns: [Column]) -> Table {
    var table = Table(
      header: ["", "seconds", "ratio", "peak MB"] + columns.map(\.name) + ["runs"])
    let reference = outcomes.filter(\.isReference)
      .compactMap(\.median).min()
    for outcome in outcomes {
      guard let median = outcome.median else {
        table.rows.append(
          ["\(outcome.contestant.label): \(outcome.failure ?? "no time")"]
            + Array(repeating: "–", count: table.header.count - 1))
        continue
      }
      let doubt = outcome.doubt ?? outcome.failure
      table.rows.append(
        [
          outcome.contestant.label + (doubt.map { ": **\($0)**" } ?? ""), Table.seconds(median),
          reference.map { String(format: "%.2f", median / $0) } ?? "–",
          Table.megabytes(outcome.peakBytes),
        ] + columns.map { $0.value(outcome) }
          + [String(outcome.seconds.count)])
    }
    return table
  }
}

extension Race.Outcome {
  /// Whether others may be compared with it.
  fileprivate var isReference: Bool {
    library == Contestant.Library.optimKit.title && contestant.options.scalar == "double"
      && doubt == nil
  }
}

extension CommandLineSyntax {
  /// The text that `--help` shows: every option with its values, purpose and default.
  package var help: String {
    var lines = ["usage: \(command) [options]", ""] + summary.wrapped(to: 98)
    for section in sections {
      lines += ["", "\(section.title):"]
      for option in section.options { lines += describe(option) }
    }
    lines += ["", "Help:"] + entry("--help, -h", "show this text")
    if !footer.isEmpty { lines += ["", footer] }
    return lines.joined(separator: "\n")
  }

  private func describe(_ option: CommandLineOption<Values>) -> [String] {
    let left = "--\(option.name)" + (option.placeholder.map { " <\($0)>" } ?? "")
    let ending = option.defaultText(defaults).map { " (default: \($0))" } ?? ""
    return entry(left, option.help + ending)
  }

  /// One option: its name on the left, the explanation beside it, or below where it is too long.
  private func entry(_ left: String, _ explanation: String) -> [String] {
    let column = 30
    let text = explanation.wrapped(to: 98 - column)
    let indent = String(repeating: " ", count: column)
    let start = "  " + left
    guard start.count < column - 1 else { return [start] + text.map { indent + $0 } }
    let first = start + String(repeating: " ", count: column - start.count) + text[0]
    return [first] + text.dropFirst().map { indent + $0 }
  }
}

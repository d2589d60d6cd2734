extension CommandLineSyntax {
  /// The text that `--help` shows: every option with its values, purpose and default.
  package var help: String {
    var lines = ["usage: \(command) [options]", ""] + wrapped(summary, width: 98)
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
    let text = wrapped(explanation, width: 98 - column)
    let indent = String(repeating: " ", count: column)
    let start = "  " + left
    guard start.count < column - 1 else { return [start] + text.map { indent + $0 } }
    let first = start + String(repeating: " ", count: column - start.count) + text[0]
    return [first] + text.dropFirst().map { indent + $0 }
  }

  /// `text` broken into lines of at most `width` characters, at spaces.
  private func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

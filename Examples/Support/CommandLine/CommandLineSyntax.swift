import OptimKit

/// The options of a command: reads its arguments into `Values` and explains itself.
///
///     struct Values { var seed = 0; var json = false }
///     let syntax = CommandLineSyntax(
///       command: "fit", summary: "Fits a line.", defaults: Values(),
///       sections: [
///         .init("General", [
///           .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
///           .flag("json", \.json, "print one JSON object"),
///         ])
///       ])
///
/// Options are written `--name value` or `--name=value`, in any order, each at most once.
package struct CommandLineSyntax<Values: Sendable>: Sendable {
  /// Options that belong together in help.
  package struct Section: Sendable {
    let title: String
    let options: [CommandLineOption<Values>]

    /// Creates a section.
    package init(_ title: String, _ options: [CommandLineOption<Values>]) {
      self.title = title
      self.options = options
    }
  }

  /// What the arguments ask for.
  package enum Request {
    /// To show help.
    case help
    /// To run with these values.
    case run(Values)
  }

  let command: String
  let summary: String
  let defaults: Values
  let sections: [Section]
  let footer: String

  /// Creates a syntax; `footer` ends the help text.
  package init(
    command: String, summary: String, defaults: Values, sections: [Section], footer: String = ""
  ) {
    self.command = command
    self.summary = summary
    self.defaults = defaults
    self.sections = sections
    self.footer = footer
  }

  private var options: [CommandLineOption<Values>] { sections.flatMap(\.options) }

  /// Reads arguments, the name of the command not among them.
  ///
  /// - Throws: `OptimKitError` of kind `invalidArgument` at the first argument that is not
  ///   understood.
  package func parse(_ arguments: [String]) throws -> Request {
    guard arguments.allSatisfy({ $0 != "--help" && $0 != "-h" }) else { return .help }
    var values = defaults
    var given: Set<String> = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let (name, attached) = try split(argument)
      let option = try option(named: name)
      guard given.insert(name).inserted else {
        throw error("--\(name) is given twice", remedy: "give it once")
      }
      try option.store(
        try text(for: option, attached: attached, followedBy: &rest), &values)
    }
    return .run(values)
  }

  /// Name and, after an equals sign, value.
  private func split(_ argument: String) throws -> (name: String, attached: String?) {
    guard argument.hasPrefix("--"), argument.count > 2 else {
      throw error(
        "unexpected argument \"\(argument)\"",
        remedy: "options are written --name value: see \(command) --help")
    }
    let parts = argument.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
  }

  private func option(named name: String) throws -> CommandLineOption<Values> {
    if let option = options.first(where: { $0.name == name }) { return option }
    let suggestion = nearestName(to: name, among: options.map(\.name) + ["help"])
    throw error(
      "unknown option --\(name)",
      remedy: suggestion.map { "did you mean --\($0)?" } ?? "see \(command) --help")
  }

  /// The text of the option's value, from after the equals sign or from the next argument.
  private func text(
    for option: CommandLineOption<Values>, attached: String?,
    followedBy rest: inout ArraySlice<String>
  ) throws -> String {
    guard let placeholder = option.placeholder else {
      if let attached {
        throw error(
          "--\(option.name)=\(attached) gives a value to an option without one",
          remedy: "write --\(option.name) alone")
      }
      return ""
    }
    if let attached { return attached }
    guard let next = rest.first, !next.hasPrefix("--") else {
      throw error(
        "--\(option.name) lacks its value", remedy: "write --\(option.name) <\(placeholder)>")
    }
    rest.removeFirst()
    return next
  }

  private func error(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }
}

import ExampleSupport
import OptimKit
import Testing

@Suite("Command lines")
struct CommandLineSyntaxTests {
  enum Color: String, CaseIterable, Sendable { case red, green }

  struct Values: Sendable {
    var color = Color.red
    var count = 3
    var rate = 0.5
    var file: String?
    var isLoud = false
  }

  static let syntax = CommandLineSyntax(
    command: "paint", summary: "Paints.", defaults: Values(),
    sections: [
      .init(
        "All",
        [
          .option("color", \.color, .choice, "what color"),
          .option("count", \.count, .integer(in: 1...9), "how many"),
          .option("rate", \.rate, .positiveNumber, "how fast"),
          .option("file", \.file, .path("F.txt"), "where to", absent: "nowhere"),
          .flag("loud", \.isLoud, "say so"),
        ])
    ])

  func values(_ arguments: String...) throws -> Values {
    guard case .run(let values) = try Self.syntax.parse(arguments) else {
      throw OptimKitError(.invalidArgument, cause: "help", remedy: "none")
    }
    return values
  }

  @Test("Without arguments, values are the defaults")
  func defaults() throws {
    let values = try values()
    #expect(values.color == .red && values.count == 3 && values.rate == 0.5)
    #expect(values.file == nil && !values.isLoud)
  }

  @Test("Both ways to write a value are read, in any order")
  func bothForms() throws {
    let values = try values(
      "--loud", "--count=4", "--color", "green", "--rate", "1e-3", "--file=a=b")
    #expect(values.color == .green && values.count == 4 && values.rate == 1e-3)
    #expect(values.file == "a=b" && values.isLoud)
  }

  @Test(
    "What is not understood is refused, with cause and remedy",
    arguments: [
      (["--colour", "red"], "unknown option --colour; did you mean --color?"),
      (["--cuont", "2"], "unknown option --cuont; did you mean --count?"),
      (["--shape", "round"], "unknown option --shape; see paint --help"),
      (["red"], "unexpected argument \"red\"; options are written --name value: see paint --help"),
      (["-c"], "unexpected argument \"-c\"; options are written --name value: see paint --help"),
      (["--count"], "--count lacks its value; write --count <integer>"),
      (["--count", "--loud"], "--count lacks its value; write --count <integer>"),
      (["--count", "2", "--count=2"], "--count is given twice; give it once"),
      (["--count", "ten"], "--count is \"ten\"; give a whole number from 1 to 9"),
      (["--count", "10"], "--count is \"10\"; give a whole number from 1 to 9"),
      (["--count", "-1"], "--count is \"-1\"; give a whole number from 1 to 9"),
      (["--rate", "0"], "--rate is \"0\"; give a finite number above 0"),
      (["--rate", "nan"], "--rate is \"nan\"; give a finite number above 0"),
      (["--rate=inf"], "--rate is \"inf\"; give a finite number above 0"),
      (["--color", "blue"], "--color is \"blue\"; give one of red, green"),
      (["--file="], "--file is \"\"; give the path of a file"),
      (
        ["--loud=yes"],
        "--loud=yes gives a value to an option without one; write --loud alone"
      ),
    ])
  func refusals(arguments: [String], message: String) throws {
    let error = try #require(throws: OptimKitError.self) { try Self.syntax.parse(arguments) }
    #expect(error.description == message)
    #expect(ExitStatus(error) == .badInput)
  }

  @Test("Help wins over everything and tells every option with its default")
  func help() throws {
    guard case .help = try Self.syntax.parse(["--nonsense", "--help"]) else {
      Issue.record("--help was not understood")
      return
    }
    let help = Self.syntax.help
    for text in [
      "--color <red|green>", "(default: red)", "--count <integer>", "(default: 3)",
      "(default: nowhere)", "--loud ", "usage: paint",
    ] {
      #expect(help.contains(text), "help lacks \(text)")
    }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(
    "Edits are counted",
    arguments: [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("a", "", 1), ("on", "in", 1)])
  func distances(left: String, right: String, distance: Int) {
    #expect(editDistance(left, right) == distance)
    #expect(editDistance(right, left) == distance)
  }
}

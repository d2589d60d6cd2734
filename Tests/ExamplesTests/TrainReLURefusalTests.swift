import Foundation
import Testing

@Suite("What train-relu refuses")
struct TrainReLURefusalTests {
  /// Expects status 2, one line that says `text`, and nothing else.
  func expectRefusal(_ arguments: [String], saying text: String) throws {
    let process = try ExampleProcess("train-relu", arguments)
    #expect(process.status == 2, "\(arguments) ended with \(process.status)")
    #expect(process.output.isEmpty, "\(arguments) wrote \(process.output)")
    #expect(process.errorLines.count == 1, "\(arguments) said \(process.errors)")
    #expect(process.errors.hasPrefix("train-relu: "))
    #expect(process.errors.contains(text), "\(arguments) said \(process.errors)")
    #expect(process.errors.contains("; "), "\(arguments) has no remedy: \(process.errors)")
  }

  @Test(
    "Options that are wrong or contradict each other",
    arguments: [
      ("--nonsense", "unknown option --nonsense"),
      ("--sovler exact", "did you mean --solver?"),
      ("--solver qr", "one of automatic, exact, cg, sketched, heavy-ball, richardson"),
      ("--width 0", "--width is \"0\""),
      ("--tolerance -1", "--tolerance is \"-1\""),
      ("--threads 0", "--threads is \"0\""),
      ("--seed", "--seed lacks its value"),
      ("--json --json", "--json is given twice"),
      ("--samples 1798", "there are 1797 digits"),
      ("--samples 1", "there are 1797 digits"),
      ("--dimension 32", "digits have 64 pixels"),
      ("--data digits --outputs 10", "digits has 1"),
      ("--data digits10 --outputs 1", "digits10 has 10"),
      ("--features X.npy", "--features is given without --targets"),
      ("--targets y.npy", "--targets is given without --features"),
      ("--data digits --features X.npy --targets y.npy", "both bring data"),
      ("--compare --solver exact", "--compare runs every solver"),
      ("--compare --save W.npy", "--save writes one"),
      ("--solver exact --sketch srht", "draws no sketch"),
      ("--features none.npy --targets none.npy", "none.npy cannot be read"),
      ("--save /nowhere/W.npy", "there is no folder /nowhere"),
      ("--save /dev/null", "not a regular file"),
      ("--data synthetic --samples 1000000000", "of memory"),
      ("--data synthetic --samples 9000000000000000000", "of memory"),
      ("--data synthetic --samples 100 --width 9000000000000", "of memory"),
      ("--data synthetic --samples 100 --width 9223372036854775807", "of memory"),
      ("--data synthetic --samples 300000 --solver exact", "of memory"),
    ])
  func options(line: String, text: String) throws {
    try expectRefusal(line.split(separator: " ").map(String.init), saying: text)
    try expectRefusal(
      (line.contains("--json") ? line : line + " --json").split(separator: " ").map(String.init),
      saying: line == "--seed" ? "--seed lacks its value" : text)
  }

  @Test("Files that do not fit")
  func files() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write([3, 2], [1, 0, 0, 1, 0.6, 0.8], "X.npy")
    let y = try folder.write([3], [1, -1, 0.5], "y.npy")
    let data = ["--features", x, "--targets", y]
    let nan = try folder.write([3, 2], [1, 0, .nan, 1, 0.6, 0.8], "nan.npy")
    let huge = try folder.write([3, 2], [1, 0, 1e300, 1, 0.6, 0.8], "huge.npy")
    let cube = try folder.write([3, 2, 1], [1, 0, 0, 1, 0.6, 0.8], "cube.npy")
    let empty = try folder.write([0, 2], [], "empty.npy")
    let cut = folder.path("cut.npy")
    try Data(contentsOf: URL(filePath: x)).dropLast(3).write(to: URL(filePath: cut))
    let text = try folder.write("1,2\n", "text.npy")
    let start = try folder.write([4, 3], [Double](repeating: 1, count: 12), "W.npy")
    let signs = try folder.write([4], [1, -1, 1, 2], "a.npy")
    let four = try folder.write([4], [1, -1, 1, 1], "four.npy")
    let refusals: [([String], String)] = [
      (["--features", nan, "--targets", y], "holds nan in row 1, column 0"),
      (["--features", huge, "--targets", y, "--scalar", "float"], "holds inf in row 1, column 0"),
      (["--features", cube, "--targets", y], "has the shape [3, 2, 1]"),
      (["--features", empty, "--targets", y], "is empty"),
      (["--features", cut, "--targets", y], "truncated"),
      (["--features", text, "--targets", y], "not in NumPy's format"),
      (["--features", folder.url.path, "--targets", y], "cannot be read"),
      (["--features", x, "--targets", start], "has 4 rows for 3 samples"),
      (data + ["--samples", "5"], "--samples is 5"),
      (data + ["--dimension", "5"], "--dimension is 5"),
      (data + ["--outputs", "2"], "--outputs is 2"),
      (data + ["--initial", start], "--initial has 3 columns, but the data have 2 features"),
      (data + ["--signs", signs], "sign 3 of --signs is 2"),
      (data + ["--signs", four, "--width", "5"], "--signs has 4 neurons"),
      (data + ["--signs", x], "--signs has 3 rows for 1 outputs"),
    ]
    for (arguments, text) in refusals { try expectRefusal(arguments, saying: text) }
  }

  @Test("Rows that make the Gram matrix singular are refused, and damping is the remedy")
  func singular() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write([3, 2], [1, 0, 0.6, 0.8, 0.6, 0.8], "X.npy")
    let y = try folder.write([3], [1, 0.5, 0.5], "y.npy")
    let data = ["--features", x, "--targets", y, "--width", "256", "--json", "--solver", "exact"]
    try expectRefusal(data, saying: "damping")
    let process = try ExampleProcess("train-relu", data + ["--damping", "1e-6"])
    #expect(process.status == 0 && process.errors.isEmpty)
  }
}

import Foundation
import Testing

@Suite("What fit-erm refuses")
struct FitERMRefusalTests {
  /// Expects status 2, one line that says `text`, and nothing else.
  func expectRefusal(_ arguments: [String], saying text: String) throws {
    let process = try ExampleProcess("fit-erm", arguments)
    #expect(process.status == 2, "\(arguments) ended with \(process.status)")
    #expect(process.output.isEmpty, "\(arguments) wrote \(process.output)")
    #expect(process.errorLines.count == 1, "\(arguments) said \(process.errors)")
    #expect(process.errors.hasPrefix("fit-erm: "))
    #expect(process.errors.contains(text), "\(arguments) said \(process.errors)")
    #expect(process.errors.contains("; "), "\(arguments) has no remedy: \(process.errors)")
  }

  @Test(
    "Options that are wrong or contradict each other",
    arguments: [
      ("--nonsense", "unknown option --nonsense"),
      ("--solver qr", "one of automatic, exact, sketched, cg"),
      ("--ridge -1", "--ridge is \"-1\""), ("--tolerance 0", "--tolerance is \"0\""),
      ("--data rand --features X.npy", "both bring data"),
      ("--targets y.npy", "--targets is given without --features"),
      ("--loss poisson", "have their own"), ("--compare --solver exact", "--compare runs every"),
      ("--save w.npy", "there are 3 data sets"),
      ("--data rand --compare --save w.npy", "--compare makes several"),
      ("--data rand --ridge 1 --folds 3", "--folds is to choose"),
      ("--data rand --folds 1", "--folds is \"1\""),
      ("--data rand --predict X.npy", "--predict is given without --predictions"),
      ("--data rand --predictions p.npy", "--predictions is given without --predict"),
      ("--predict X.npy --predictions p.npy", "--predict takes one fit, but there are 3"),
      ("--data rand --predict none.csv --predictions p.npy", "none.csv cannot be read"),
      ("--features X.txt", "of a kind that is not known"),
      ("--features none.npy --targets y.npy", "none.npy cannot be read"),
      ("--features none.libsvm", "none.libsvm cannot be read"),
      ("--data rand --save /nowhere/w.npy", "there is no folder /nowhere"),
    ])
  func options(line: String, text: String) throws {
    try expectRefusal(line.split(separator: " ").map(String.init), saying: text)
  }

  @Test("Files that do not fit")
  func files() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write([3, 2], [1, 0, 0, 1, 0.6, 0.8], "X.npy")
    let nan = try folder.write([3, 2], [1, 0, .nan, 1, 0.6, 0.8], "nan.npy")
    func targets(_ values: [Double]) throws -> String {
      try folder.write([values.count], values, "y\(values.description.hashValue).npy")
    }
    let damaged = try folder.write("1 1:2\n0 1:x\n", "X.libsvm")
    let csv = try folder.write("a,b\n1,2\n3,oops\n", "X.csv")
    let refusals: [([String], String)] = [
      (["--features", x], "brings no targets"),
      (["--features", x, "--targets", try targets([1, 0])], "2 targets for 3 samples"),
      (["--features", nan, "--targets", try targets([1, 0, 1])], "holds nan in row 1, column 0"),
      (["--features", x, "--targets", try targets([1, 0, .nan])], "holds nan in row 2, column 0"),
      (["--features", x, "--targets", x], "has 2 columns"),
      (["--features", damaged], "line 2, column 5 is 'x'"),
      (["--features", csv, "--targets", try targets([1, 0])], "line 3, column 2 is 'oops'"),
      (
        ["--features", x, "--targets", try targets([1, -1, 1]), "--loss", "logistic"],
        "target 1 of the logistic loss is -1.0"
      ),
      (
        ["--features", x, "--targets", try targets([1, -1, 1]), "--loss", "poisson"],
        "target 1 of the Poisson loss is -1.0"
      ),
      (
        ["--features", x, "--targets", try targets([1, 0, 1]), "--loss", "gamma"],
        "target 1 of the Gamma loss is 0.0"
      ),
      (
        ["--features", x, "--targets", try targets([1, 0.5, 1]), "--loss", "softmax"],
        "target 1 is 0.5, which is no class"
      ),
      (
        ["--features", x, "--targets", try targets([0, 0, 0]), "--loss", "softmax"],
        "all targets are of class 0"
      ),
    ]
    for (arguments, text) in refusals { try expectRefusal(arguments, saying: text) }
  }
}

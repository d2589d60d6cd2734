import Foundation
import OptimKit
import Testing

/// Ctrl-C while the real executables work: each is interrupted when it shows its first step, and has much work left.
@Suite("Interrupted examples end with status 130, and save what they have")
struct InterruptionTests {
  /// Whether a run's line of iteration 1 is there for the `count`-th time.
  private func hasStepped(_ count: Int = 1) -> (String) -> Bool {
    { $0.split(separator: "\n").count { $0.hasPrefix("        1  ") } >= count }
  }

  private func array(_ path: String) throws -> NumPyArray {
    try NumPyArray(contentsOf: URL(filePath: path))
  }

  @Test("train-relu: log, checkpoint, report and weights are whole")
  func training() throws {
    let folder = try TemporaryFolder()
    let (log, checkpoint) = (folder.path("a.jsonl"), folder.path("a.checkpoint"))
    let (weights, report) = (folder.path("W.npy"), folder.path("a.html"))
    let process = try ExampleProcess(
      "train-relu",
      [
        "--data", "synthetic", "--samples", "300", "--width", "8192", "--solver", "cg",
        "--tolerance", "1e-300", "--max-iterations", "1000000", "--log", log, "--checkpoint",
        checkpoint, "--report", report, "--save", weights,
      ], interruptedOnce: hasStepped())
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("ended from outside"))
    #expect(try String(contentsOfFile: log, encoding: .utf8).contains("\"cancelled\""))
    #expect(try String(contentsOfFile: report, encoding: .utf8).hasSuffix("</html>\n"))
    let saved = try #require(try CheckpointFile(URL(filePath: checkpoint)).load()).checkpoint
    #expect(saved.iteration >= 1)
    #expect(try array(weights).shape == [8192, 64])
  }

  @Test(
    "train-relu: what is saved of a run that did not converge is the point with the lowest loss")
  func bestWeights() throws {
    let folder = try TemporaryFolder()
    func train(steps: Int) throws -> (losses: [Double], weights: NumPyArray) {
      let weights = folder.path("W.npy")
      // Fewer neurons than the theory asks for: full steps lead up and down.
      let process = try ExampleProcess(
        "train-relu",
        [
          "--data", "synthetic", "--samples", "60", "--width", "32", "--solver", "exact",
          "--tolerance", "1e-300", "--max-iterations", "\(steps)", "--save", weights, "--json",
        ])
      #expect(process.status == 1)
      let history = try #require(try process.json()["history"] as? [[String: Any]])
      return (history.compactMap { $0["loss"] as? Double }, try array(weights))
    }
    // Where it first does depends on rounding, and so on the processor.
    let losses = try train(steps: 12).losses
    let uphill = try #require(
      losses.indices.dropFirst().first { losses[$0] > losses[$0 - 1] },
      "the case does not go uphill")
    // The first loss is that after one step.
    #expect(try train(steps: uphill + 1).weights == train(steps: uphill).weights)
  }

  @Test("train-relu --compare: the solvers that are done are shown")
  func comparison() throws {
    let process = try ExampleProcess(
      "train-relu",
      [
        "--data", "synthetic", "--samples", "300", "--width", "8192", "--compare",
        "--max-iterations", "1000000",
      ], interruptedOnce: { $0.contains("\nautomatic: ") })
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("movement"))
  }

  @Test("fit-erm: the coefficients so far are written")
  func fit() throws {
    let folder = try TemporaryFolder()
    let coefficients = folder.path("w.npy")
    // Classes that can be told apart, and no ridge: there is no minimum.
    let process = try ExampleProcess(
      "fit-erm",
      ["--data", "digits", "--ridge", "0", "--solver", "cg", "--tolerance", "1e-200"]
        + ["--max-iterations", "1000000", "--progress", "lines", "--save", coefficients],
      interruptedOnce: hasStepped())
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("cancelled"))
    let values: [Double] = try array(coefficients).values()
    #expect(values.count == 650 && values.contains { $0 != 0 })
  }

  @Test(
    "fit-erm --path: the fit itself comes first, and is written as if it had not been interrupted")
  func path() throws {
    let folder = try TemporaryFolder()
    let (whole, cut) = (folder.path("whole.npy"), folder.path("cut.npy"))
    #expect(try ExampleProcess("fit-erm", ["--data", "digits", "--save", whole]).status == 0)
    let process = try ExampleProcess(
      "fit-erm", ["--data", "digits", "--path", "--progress", "lines", "--save", cut],
      interruptedOnce: hasStepped(2))
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(try array(whole) == array(cut))
  }

  @Test("fit-erm --folds: a ridge that was not chosen makes no fit to write")
  func folds() throws {
    let folder = try TemporaryFolder()
    let coefficients = folder.path("w.npy")
    let process = try ExampleProcess(
      "fit-erm",
      ["--data", "digits", "--folds", "100", "--progress", "lines", "--save", coefficients],
      interruptedOnce: hasStepped(2))
    #expect(process.status == 130)
    #expect(process.errorLines.count == 1 && process.errors.contains("interrupted"))
    #expect(!FileManager.default.fileExists(atPath: coefficients))
  }

  @Test("poisson-pinn: the picture of the best solution is drawn", arguments: ["all", "adam"])
  func network(optimizer: String) throws {
    let folder = try TemporaryFolder()
    let picture = folder.path("u.svg")
    let process = try ExampleProcess(
      "poisson-pinn",
      ["--width", "8", "--optimizer", optimizer, "--seconds", "36000", "--progress", "lines"]
        + ["--plot", picture], interruptedOnce: hasStepped())
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("L2 error"))
    #expect(try String(contentsOfFile: picture, encoding: .utf8).hasPrefix("<svg"))
  }

  @Test("compare-solvers: the solvers that are done are shown")
  func solvers() throws {
    let process = try ExampleProcess(
      "compare-solvers",
      ["--rows", "20000", "--columns", "400", "--condition", "1e12", "--tolerance", "1e-15"],
      interruptedOnce: { $0.contains("\nautomatic: ") })
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("backward"))
    #expect(!process.output.contains("richardson"))
  }

  @Test(
    "Ctrl-C before the first step ends the program too", arguments: ["train-relu", "poisson-pinn"])
  func beforeTheFirstStep(name: String) throws {
    // What the problem is, is told before work on it begins.
    let process = try ExampleProcess(
      name, name == "train-relu" ? ["--tolerance", "1e-300"] : ["--seconds", "36000"],
      interruptedOnce: { !$0.isEmpty })
    #expect(process.status == 130)
  }
}

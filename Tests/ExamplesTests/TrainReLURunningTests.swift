import Foundation
import OptimKit
import Testing

@Suite("train-relu: checkpoints, logs, reports, interruption")
struct TrainReLURunningTests {
  private func run(_ arguments: String...) throws -> ExampleProcess {
    try ExampleProcess("train-relu", TrainReLUTests.tiny + arguments)
  }

  @Test(
    "A run that goes on from a checkpoint ends at the same bits", arguments: ["sketched", "exact"])
  func resume(solver: String) throws {
    let folder = try TemporaryFolder()
    let checkpoint = folder.path("run.checkpoint")
    #expect(try run("--solver", solver, "--save", folder.path("a.npy")).status == 0)
    let first = try run(
      "--solver", solver, "--checkpoint", checkpoint, "--resume", "--max-iterations", "2")
    #expect(first.status == 1 && first.output.contains("starts at the beginning"))
    let second = try run(
      "--solver", solver, "--checkpoint", checkpoint, "--resume", "--save", folder.path("b.npy"),
      "--json")
    #expect(second.status == 0 && second.errors.isEmpty)
    let arrays = try ["a.npy", "b.npy"].map {
      try NumPyArray(contentsOf: URL(filePath: folder.path($0)))
    }
    #expect(arrays[0] == arrays[1])
    let other = try run("--solver", "cg", "--checkpoint", checkpoint, "--resume")
    #expect(other.status == 2 && other.errorLines.count == 1)
  }

  @Test("Logs, plots and reports are written where they are asked for")
  func files() throws {
    let folder = try TemporaryFolder()
    let process = try run(
      "--progress", "none", "--log", folder.path("a.jsonl"), "--csv", folder.path("a.csv"),
      "--plot", folder.path("a.svg"), "--report", folder.path("a.html"))
    #expect(process.status == 0 && process.errors.isEmpty)
    #expect(!process.output.contains("iteration          loss"))
    for (name, text) in [
      ("a.jsonl", "\"event\":\"end\""), ("a.csv", "iteration,loss"), ("a.svg", "<svg"),
      ("a.html", "</html>"),
    ] {
      let content = try String(contentsOfFile: folder.path(name), encoding: .utf8)
      #expect(content.contains(text), "\(name)")
    }
  }

  @Test("Progress is shown as it is asked for", arguments: ["auto", "bar", "lines", "none"])
  func progress(style: String) throws {
    let process = try run("--progress", style)
    #expect(process.status == 0 && process.errors.isEmpty)
    // A pipe is no terminal.
    #expect(
      process.output.contains("iteration          loss") == ["auto", "lines"].contains(style))
    #expect(process.output.contains("\r[") == (style == "bar"))
  }

  @Test("A time limit is a budget")
  func timeLimit() throws {
    let process = try run("--json", "--time-limit", "1e-9")
    #expect(process.status == 1)
    #expect(try process.json()["status"] as? String == "stoppedByBudget")
  }

  @Test(
    "Contradictions are refused",
    arguments: [
      ["--resume"], ["--compare", "--checkpoint", "a"], ["--json", "--progress", "bar"],
      ["--every", "0"],
    ])
  func refusals(arguments: [String]) throws {
    let process = try ExampleProcess("train-relu", TrainReLUTests.tiny + arguments)
    #expect(process.status == 2 && process.errorLines.count == 1)
  }
}

import ExampleSupport
import Foundation
import OptimKit
import Testing
import TrainReLU

@Suite("train-relu as a process")
struct TrainReLUTests {
  static let tiny = [
    "--data", "synthetic", "--samples", "24", "--dimension", "8", "--width", "1024",
  ]

  static let keys = [
    "example", "status", "reason", "iterations", "seconds", "initialLoss", "finalLoss",
    "relativeLoss", "solver", "sketch", "scalar", "kernel", "threads", "phases", "counts",
    "history", "accuracy", "largestMovement", "seed", "environment",
  ]

  func run(_ arguments: String...) throws -> ExampleProcess {
    try ExampleProcess("train-relu", Self.tiny + arguments)
  }

  @Test(
    "Every solver converges with every sketch it takes, in both precisions, and halves the loss",
    arguments: SolverChoice.allCases.filter { !$0.isPeer }, ["double", "float"])
  func solvers(solver: SolverChoice, scalar: String) throws {
    let sketches = solver.takesSketch ? SketchChoice.allCases.map(\.rawValue) : [nil]
    for sketch in sketches {
      let process = try ExampleProcess(
        "train-relu",
        Self.tiny + ["--json", "--solver", solver.rawValue, "--scalar", scalar]
          + (sketch.map { ["--sketch", $0] } ?? []))
      #expect(process.status == 0 && process.errors.isEmpty)
      let json = try process.json()
      for key in Self.keys { #expect(json[key] != nil, "\(key) is missing") }
      #expect(json["status"] as? String == "converged")
      #expect(json["solver"] as? String == solver.rawValue)
      #expect(json["sketch"] as? String == sketch)
      #expect(json["scalar"] as? String == scalar)
      #expect(try #require(json["relativeLoss"] as? Double) <= 1e-10)
      let history = try #require(json["history"] as? [[String: Any]])
      #expect(history.count == json["iterations"] as? Int)
      for record in history {
        #expect(record["loss"] is Double && record["seconds"] is Double)
        #expect(record["innerIterations"] is Int)
        #expect(try #require(record["ratio"] as? Double) <= 0.5)
      }
      let counts = try #require(json["counts"] as? [String: Int])
      let (cg, inner) = (counts["cgIterations"], counts["innerIterations"])
      if solver != .automatic { #expect((solver == .exact) == (inner == 0)) }
      #expect(cg == ([.automatic, .cg, .sketched].contains(solver) ? inner : 0))
      #expect(counts["jacobianProducts"] != nil && counts["factorizations"] != nil)
    }
  }

  @Test(
    "Other optimizers reduce the loss and count their batches",
    arguments: SolverChoice.allCases.filter(\.isPeer))
  func peers(solver: SolverChoice) throws {
    let process = try ExampleProcess(
      "train-relu",
      [
        "--data", "synthetic", "--samples", "160", "--dimension", "8", "--width", "512", "--json",
        "--solver", solver.rawValue, "--max-iterations", "5",
      ])
    #expect(process.errors.isEmpty)
    let json = try process.json()
    for key in Self.keys { #expect(json[key] != nil, "\(key) is missing") }
    #expect(json["solver"] as? String == solver.rawValue)
    #expect(try #require(json["relativeLoss"] as? Double) < 0.9)
    let counts = try #require(json["counts"] as? [String: Int])
    let batched: [SolverChoice] = [.sgd, .svrg, .adam, .gramGaussNewton]
    #expect((counts["batchSamples"] != 0) == batched.contains(solver))
  }

  @Test("--explain tells how each step was solved, as text and as JSON")
  func explain() throws {
    #expect(try run("--explain").output.contains("Chosen: the least estimate"))
    let history = try #require(try run("--explain", "--json").json()["history"] as? [[String: Any]])
    for record in history {
      let explanation = try #require(record["explanation"] as? String)
      #expect(explanation.contains("dual system of order"))
    }
    let plain = try #require(try run("--json").json()["history"] as? [[String: Any]])
    #expect(plain.allSatisfy { $0["explanation"] == nil })
  }

  @Test("Phases add up to the seconds of training")
  func phases() throws {
    let json = try run("--json").json()
    let phases = try #require(json["phases"] as? [String: Double])
    let seconds = try #require(json["seconds"] as? Double)
    #expect(abs(phases.values.reduce(0, +) - seconds) < 1e-3 + 0.05 * seconds)
  }

  @Test("The report shows iterations, fit, movement, summary and environment")
  func report() throws {
    let process = try run()
    #expect(process.status == 0 && process.errors.isEmpty)
    for text in ["ratio", "root mean squared error", "‖w_r(t) − w_r(0)‖", "converged after"] {
      #expect(process.output.contains(text), "the report lacks \"\(text)\"")
    }
    #expect(process.output.contains(ComputeEnvironment.current.library))
  }

  @Test("Digits have accuracies")
  func digits() throws {
    let process = try ExampleProcess(
      "train-relu",
      [
        "--samples", "200", "--width", "4096", "--solver", "exact", "--json",
      ])
    #expect(process.status == 0)
    let accuracy = try #require(try process.json()["accuracy"] as? [String: Double])
    #expect(accuracy["train"] == 1)
    #expect(try #require(accuracy["test"]) > 0.8)
  }

  @Test("A run that ends too early has status 1 and still reports")
  func notConverged() throws {
    let process = try run("--json", "--max-iterations", "1")
    #expect(process.status == 1 && process.errors.isEmpty)
    #expect(try process.json()["status"] as? String == "stoppedByBudget")
  }

  @Test("With a ridge the gradient decides, and a small ridge costs few steps")
  func ridge() throws {
    let json = try run("--json", "--ridge", "1e-8", "--solver", "exact").json()
    #expect(json["status"] as? String == "converged")
    #expect(try #require(json["reason"] as? String).hasPrefix("gradientNorm"))
    #expect(try #require(json["iterations"] as? Int) <= 10)
  }

  @Test("Comparison trains with every solver")
  func compare() throws {
    let process = try run("--json", "--compare")
    #expect(process.status == 0)
    let results = try #require(try process.json()["results"] as? [[String: Any]])
    let compared = SolverChoice.allCases.filter(\.isCompared)
    let expected = compared.reduce(0) { sum, solver in
      sum + (solver.takesSketch ? SketchChoice.allCases.count { solver.suits($0) } : 1)
    }
    #expect(results.count == expected)
    for result in results {
      for key in Self.keys { #expect(result[key] != nil, "\(key) is missing") }
    }
    let table = try run("--compare", "--sketch", "srht").output
    for solver in compared {
      #expect(table.contains("\n\(solver.rawValue)"), "\(solver.rawValue) has no row")
    }
  }

  @Test("Weights are saved as trained, the same for the same seed, and taken as a start")
  func save() throws {
    let folder = try TemporaryFolder()
    var arrays: [NumPyArray] = []
    for name in ["a.npy", "b.npy"] {
      #expect(try run("--save", folder.path(name)).status == 0)
      arrays.append(try NumPyArray(contentsOf: URL(filePath: folder.path(name))))
    }
    #expect(arrays[0].shape == [1024, 8] && arrays[0] == arrays[1])
    let warm = try run("--initial", folder.path("a.npy"), "--max-iterations", "1", "--json").json()
    #expect(try #require(warm["initialLoss"] as? Double) < 1e-7)
    #expect(try run("--scalar", "float", "--save", folder.path("c.npy")).status == 0)
    let single = try NumPyArray(contentsOf: URL(filePath: folder.path("c.npy")))
    guard case .float32 = single.storage else {
      Issue.record("weights trained in single precision are saved in double")
      return
    }
  }

  @Test("A file of weights survives a run that fails")
  func saveAfterFailure() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("old", "W.npy")
    let process = try run("--save", path, "--samples=0")
    #expect(process.status == 2)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
  }

  @Test("Help is shown, with status 0")
  func help() throws {
    let process = try ExampleProcess("train-relu", ["--help"])
    #expect(process.status == 0 && process.errors.isEmpty)
    for option in ["--data", "--features", "--solver", "--ridge", "--json", "--compare"] {
      #expect(process.output.contains(option))
    }
  }
}

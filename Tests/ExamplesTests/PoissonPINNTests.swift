import Foundation
import Testing

@Suite("poisson-pinn as a process")
struct PoissonPINNTests {
  @Test("a small network solves the equation, and the picture shows it")
  func solves() throws {
    let folder = try TemporaryFolder()
    let picture = folder.path("u.svg")
    let process = try ExampleProcess(
      "poisson-pinn",
      [
        "--width", "16", "--optimizer", "gauss-newton", "--max-iterations", "60", "--json",
        "--plot",
        picture,
      ])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    let json = try process.json()
    #expect(json["example"] as? String == "poisson-pinn" && json["parameters"] as? Int == 65)
    let result = try #require((json["results"] as? [[String: Any]])?.first)
    #expect(result["optimizer"] as? String == "gauss-newton" && result["width"] as? Int == 16)
    let error = try #require(result["relativeL2"] as? Double)
    #expect(error < 1e-2)
    let history = try #require(result["history"] as? [[Double]])
    #expect(!history.isEmpty && history.count <= 60)
    #expect(history.allSatisfy { $0.count == 2 })
    let drawing = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(drawing.hasPrefix("<svg") && drawing.components(separatedBy: "<rect").count == 5001)
  }

  @Test("every optimizer runs, in other dimensions too")
  func optimizers() throws {
    let process = try ExampleProcess(
      "poisson-pinn",
      ["--dimension", "1", "--width", "5", "--depth", "2", "--max-iterations", "3", "--json"])
    #expect(process.status == 0, "\(process.errors)")
    let results = try #require(try process.json()["results"] as? [[String: Any]])
    #expect(
      results.map { $0["optimizer"] as? String } == ["gauss-newton", "adam", "lbfgs"])
    #expect(results.allSatisfy { $0["iterations"] as? Int == 3 })
  }

  @Test("options that are wrong are refused in one line")
  func refusals() throws {
    let refusals: [([String], String)] = [
      (["--dimension", "3", "--plot", "u.svg"], "leave one of them out"),
      (["--optimizer", "sgd"], "one of gauss-newton, adam, lbfgs, all"),
      (["--width", "0"], "--width is \"0\""), (["--plot", "/nowhere/u.svg"], "no folder"),
    ]
    for (arguments, text) in refusals {
      let process = try ExampleProcess("poisson-pinn", arguments)
      #expect(process.status == 2 && process.output.isEmpty, "\(arguments)")
      #expect(process.errorLines.count == 1 && process.errors.contains(text), "\(process.errors)")
    }
  }
}

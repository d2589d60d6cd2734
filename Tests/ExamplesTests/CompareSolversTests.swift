import CompareSolvers
import Foundation
import Testing

@Suite("compare-solvers as a process")
struct CompareSolversTests {
  static let small = ["--rows", "400", "--columns", "12", "--condition", "100", "--json"]

  static func results(_ json: [String: Any]) throws -> [[String: Any]] {
    try #require(json["results"] as? [[String: Any]])
  }

  @Test(
    "every strategy is measured, and its residual is what it promised",
    arguments: ["double", "float"], [[], ["--damping", "0.1"]])
  func everyStrategy(scalar: String, damping: [String]) throws {
    let tolerance = scalar == "float" ? 1e-3 : 1e-8
    let process = try ExampleProcess(
      "compare-solvers",
      Self.small + damping + ["--scalar", scalar, "--tolerance", "\(tolerance)"])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    let json = try process.json()
    #expect(json["example"] as? String == "compare-solvers")
    #expect(json["scalar"] as? String == scalar && json["kernel"] is String)
    let results = try Self.results(json)
    #expect(
      Set(results.compactMap { $0["solver"] as? String })
        == Set(SolverChoice.allCases.map(\.rawValue)))
    for result in results {
      let name = "\(result["solver"] ?? "") \(result["sketch"] ?? "")"
      #expect(result["status"] as? String == "converged", "\(name)")
      #expect(try #require(result["relativeResidual"] as? Double) < 3 * tolerance, "\(name)")
      #expect(result["seconds"] is Double && result["iterations"] is Int, "\(name)")
      #expect(result["backwardError"] is Double, "\(name)")
      let isSketched = result["sketch"] is String
      #expect((result["sketchSize"] is Int) == isSketched, "\(name)")
      guard isSketched else { continue }
      #expect(try #require(result["conditionNumber"] as? Double) >= 1, "\(name)")
      #expect(try #require(result["distortion"] as? Double) >= 0, "\(name)")
    }
  }

  @Test("wide systems, chosen solvers and sketches")
  func wide() throws {
    let process = try ExampleProcess(
      "compare-solvers",
      [
        "--rows", "10", "--columns", "300", "--condition", "50", "--solver", "exact,sketched-cg",
        "--sketch", "srht", "--oversampling", "6", "--json",
      ])
    #expect(process.status == 0)
    let results = try Self.results(try process.json())
    #expect(results.map { $0["solver"] as? String } == ["exact", "sketched-cg"])
    #expect(results[1]["sketchSize"] as? Int == 60)
  }

  @Test("a solver that does not converge is told, with status 1")
  func notConverged() throws {
    let process = try ExampleProcess(
      "compare-solvers",
      ["--rows", "300", "--columns", "20", "--condition", "1e9", "--solver", "exact", "--json"])
    #expect(process.status == 1)
    let result = try #require(try Self.results(try process.json()).first)
    #expect(result["status"] as? String == "failed")
    #expect((result["reason"] as? String)?.contains("damping") == true)
  }

  @Test("a matrix and a right-hand side from files")
  func files() throws {
    let folder = try TemporaryFolder()
    let matrix = try folder.write([4, 2], [1, 0, 0, 2, 1, 1, 0, 1], "A.npy")
    let rhs = try folder.write([4], [1, 2, 3, 4], "b.npy")
    let process = try ExampleProcess(
      "compare-solvers", ["--matrix", matrix, "--rhs", rhs, "--solver", "exact,cg", "--json"])
    #expect(process.status == 0, "\(process.errors)")
    let short = try folder.write([3], [1, 2, 3], "short.npy")
    let refusals: [([String], String)] = [
      (["--matrix", matrix, "--rhs", short], "one number per row"),
      (["--rhs", rhs], "--rhs is given without --matrix"),
      (["--matrix", matrix, "--rows", "7"], "leave --rows"),
      (["--solver", "exact", "--sketch", "srht"], "leave --sketch out"),
      (["--solver", "exact,exact"], "separated by commas"),
      (["--solver", "magic"], "names out of automatic, exact"),
      (["--condition", "0.5"], "at least 1"),
      (["--damping", "-1"], "at least 0"),
      (["--rows", "100000000", "--columns", "1000000"], "memory"),
    ]
    for (arguments, text) in refusals {
      let process = try ExampleProcess("compare-solvers", arguments)
      #expect(process.status == 2, "\(arguments)")
      #expect(process.output.isEmpty && process.errorLines.count == 1, "\(arguments)")
      #expect(process.errors.contains(text), "\(arguments): \(process.errors)")
    }
  }
}

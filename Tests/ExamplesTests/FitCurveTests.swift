import ExampleSupport
import FitCurve
import Foundation
import Testing

@Suite("fit-curve as a process")
struct FitCurveTests {
  @Test("all of NIST's problems from both starts, parameters to 10 digits and standard errors to 6")
  func certified() throws {
    let process = try ExampleProcess("fit-curve", ["--all", "--json"])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    let results = try #require(try process.json()["results"] as? [[String: Any]])
    #expect(results.count == 40)
    let sums = Dictionary(
      uniqueKeysWithValues: try NISTProblem.all().map { ($0.name, $0.residualSumOfSquares) })
    for result in results {
      let name = try #require(result["problem"] as? String)
      let title = "\(name), start \(result["start"] ?? "?")"
      #expect(result["status"] as? String == "converged", "\(title)")
      #expect(try #require(result["digits"] as? Double) > 10, "\(title)")
      #expect(
        (result["evaluations"] as? Int ?? 0) > 1 && (result["seconds"] as? Double ?? 0) > 0)
      guard name != "Lanczos1" else { continue }
      #expect(try #require(result["standardErrorDigits"] as? Double) > 6, "\(title)")
      let (sum, expected) = (result["ssr"] as? Double ?? .nan, sums[name] ?? .nan)
      #expect(abs(sum - expected) <= 1e-9 * expected, "\(title): \(sum)")
    }
  }

  @Test("one problem from one start, by each optimizer", arguments: OptimizerChoice.allCases)
  func oneProblem(optimizer: OptimizerChoice) throws {
    let process = try ExampleProcess(
      "fit-curve",
      ["--problem", "thurber", "--start", "2", "--optimizer", optimizer.rawValue, "--json"])
    #expect(process.status == 0, "\(process.errors)")
    let results = try #require(try process.json()["results"] as? [[String: Any]])
    #expect(results.count == 1 && results[0]["problem"] as? String == "Thurber")
    #expect((results[0]["digits"] as? Double ?? 0) > 8)
  }

  /// Points of a formula with known parameters, moved by at most a thousandth of its size.
  private func file(_ values: [(x: Double, y: Double)]) -> String {
    "x,y\n"
      + values.enumerated().map { index, point in
        "\(point.x),\(point.y * (1 + 1e-3 * sin(Double(7 * index))))"
      }.joined(separator: "\n") + "\n"
  }

  @Test("data of one's own by every formula, from a guess that the data suggest")
  func formulas() throws {
    let places = (1...40).map { Double($0) / 4 }
    let cases: [(Formula, [String: Double], (Double) -> Double)] = [
      (.line, ["a": 2, "b": -3], { 2 - 3 * $0 }),
      (.parabola, ["a": 1, "b": 2, "c": 0.5], { 1 + $0 * (2 + 0.5 * $0) }),
      (.exponential, ["a": 0.5, "b": 0.4], { 0.5 * exp(0.4 * $0) }),
      (.decay, ["a": 5, "tau": 2.5, "c": 1], { 1 + 5 * exp(-$0 / 2.5) }),
      (.saturation, ["a": 7, "tau": 3], { 7 * (1 - exp(-$0 / 3)) }),
      (.logistic, ["a": 90, "m": 4, "s": 0.8], { 90 / (1 + exp((4 - $0) / 0.8)) }),
      (
        .gaussian, ["a": 3, "m": 6, "s": 1.2, "c": 1],
        { 1 + 3 * exp(-($0 - 6) * ($0 - 6) / 2.88) }
      ),
      (.power, ["a": 2, "b": 1.7], { 2 * pow($0, 1.7) }),
      (.michaelisMenten, ["a": 12, "k": 2], { 12 * $0 / (2 + $0) }),
      (.sine, ["a": 2, "T": 3, "c": 5], { 5 + 2 * sin(2 * .pi * ($0 - 1) / 3) }),
    ]
    #expect(Set(cases.map(\.0)).count == Formula.allCases.count)
    let folder = try TemporaryFolder()
    let path = folder.path("data.csv")
    for (formula, expected, function) in cases {
      try file(places.map { ($0, function($0)) }).write(
        toFile: path, atomically: true, encoding: .utf8)
      let process = try ExampleProcess(
        "fit-curve", ["--csv", path, "--formula", formula.rawValue, "--json"])
      #expect(process.status == 0, "\(formula): \(process.errors)")
      let result = try #require((try process.json()["results"] as? [[String: Any]])?.first)
      let found = try #require(result["parameters"] as? [String: Double])
      for (name, value) in expected {
        #expect(abs((found[name] ?? .nan) - value) < 0.02 * abs(value), "\(formula): \(found)")
      }
      #expect((result["rSquared"] as? Double ?? 0) > 0.99 && result["digits"] is NSNull)
    }
  }

  @Test("the picture shows data, curve and bands; a loss for outliers is not drawn aside by one")
  func pictures() throws {
    let folder = try TemporaryFolder()
    let (path, picture) = (folder.path("a&b.csv"), folder.path("curve.svg"))
    var points = (1...20).map { (x: Double($0), y: 2 * Double($0)) }
    points[11].y = 300
    try file(points).write(toFile: path, atomically: true, encoding: .utf8)
    func slope(_ options: [String]) throws -> Double {
      let process = try ExampleProcess(
        "fit-curve", ["--csv", path, "--formula", "line", "--plot", picture, "--json"] + options)
      #expect(process.status == 0, "\(process.errors)")
      let result = try #require((try process.json()["results"] as? [[String: Any]])?.first)
      return (result["parameters"] as? [String: Double])?["b"] ?? .nan
    }
    let plain = try slope([])
    var drawing = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(drawing.hasPrefix("<svg") && drawing.contains("a&amp;b.csv"))
    #expect(drawing.components(separatedBy: "<circle").count == 21)
    #expect(drawing.components(separatedBy: "<polygon").count == 3)
    #expect(abs(plain - 2) > 0.3)
    for loss in ResidualLossChoice.allCases where loss != .squared {
      let found = try slope(["--loss", loss.rawValue, "--scale", "0.1"])
      #expect(abs(found - 2) < 0.02, "\(loss): \(found)")
    }
    drawing = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(drawing.components(separatedBy: "<polygon").count == 1)
  }

  @Test("tables for people")
  func tables() throws {
    let one = try ExampleProcess("fit-curve", ["--problem", "Misra1a", "--start", "1"])
    #expect(one.status == 0 && one.output.contains("std. error"))
    #expect(one.output.contains("digits of the certified parameters"))
    let all = try ExampleProcess("fit-curve", [])
    #expect(all.status == 0 && all.output.contains("40 fits in"))
  }

  @Test("options that are wrong are refused in one line")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let (short, wide) = (folder.path("short.csv"), folder.path("wide.csv"))
    try "1,2\n2,3\n".write(toFile: short, atomically: true, encoding: .utf8)
    try "1,2,3,4\n".write(toFile: wide, atomically: true, encoding: .utf8)
    let refusals: [([String], String)] = [
      (["--problem", "Nobody"], "choose one of Chwirut1"),
      (["--all", "--mgh"], "choose one of them"),
      (["--csv", short], "--csv was given alone"), (["--guess", "1"], "without --csv"),
      (["--csv", short, "--formula", "line"], "2 points for the 2 parameters"),
      (["--csv", wide, "--formula", "line"], "has 4 columns"),
      (["--csv", short, "--formula", "line", "--guess", "1"], "one for each of a, b"),
      (["--mgh", "--start", "1"], "--start"),
      (["--csv", short, "--formula", "line", "--scale", "2"], "without a robust loss"),
      (["--all", "--plot", "x.svg"], "--plot draws one fit"),
      (["--csv", short, "--formula", "line", "--guess", "1,x"], "separated by commas"),
    ]
    for (arguments, text) in refusals {
      let process = try ExampleProcess("fit-curve", arguments)
      #expect(process.status == 2 && process.output.isEmpty, "\(arguments)")
      #expect(process.errorLines.count == 1 && process.errors.contains(text), "\(process.errors)")
    }
  }
}

@Suite("Moré, Garbow and Hillstrom's problems")
struct StandardRunTests {
  /// Of the 53 runs by which MINPACK was tested, its own solver and those of SciPy end at the global minimum in 43.
  @Test(
    "end at the global minimum in 44 runs of 53 or more, and at a listed one or lower in the rest")
  func minima() throws {
    #expect(StandardRun.all.count == 53)
    let results = try StandardRun.all.map { try $0.solve(Options()) }
    #expect(results.count { $0.outcome == .global } >= 44)
    #expect(results.filter { $0.outcome == .elsewhere }.map(\.description) == [])
    #expect(results.filter { $0.reason.status == .stoppedByBudget }.map(\.description) == [])
  }
}

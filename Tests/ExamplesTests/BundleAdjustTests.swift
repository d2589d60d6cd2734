import Foundation
import Testing

@Suite("bundle-adjust as a process")
struct BundleAdjustTests {
  private static let small = ["--cameras", "6", "--points", "60", "--json"]

  private func run(_ arguments: [String]) throws -> [String: Any] {
    let process = try ExampleProcess("bundle-adjust", arguments)
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    return try process.json()
  }

  private func number(_ json: [String: Any], _ name: String) throws -> Double {
    try #require(json[name] as? Double)
  }

  @Test("a start that is off by some pixels ends at the noise, wrong matches or not")
  func adjusts() throws {
    let json = try run(Self.small)
    #expect(json["parameters"] as? Int == 234)
    #expect(try number(json, "medianBefore") > 3)
    #expect(try number(json, "medianAfter") < 0.7)
    let squared = try run(Self.small + ["--loss", "squared", "--outliers", "0"])
    #expect(try number(squared, "rootMeanSquareAfter") < 0.7)
    #expect(squared["status"] as? String == "converged", "\(squared["reason"] ?? "")")
    let bent = try run(Self.small + ["--loss", "squared"])
    #expect(try number(bent, "medianAfter") > number(json, "medianAfter"))
    let cauchy = try run(
      Self.small + ["--loss", "cauchy", "--scale", "20", "--curvature", "reweighted"])
    #expect(try number(cauchy, "medianAfter") < 0.7)
  }

  @Test("blocks as preconditioner take fewer inner iterations than the diagonal")
  func preconditioners() throws {
    func iterations(_ name: String) throws -> Int {
      let json = try run(
        Self.small + [
          "--loss", "squared", "--outliers", "0", "--preconditioner", name, "--tolerance", "1e-4",
        ])
      #expect(json["status"] as? String == "converged", "\(name): \(json["reason"] ?? "")")
      let counts = try #require(json["counts"] as? [String: Any])
      return try #require(counts["innerIterations"] as? Int)
    }
    #expect(try iterations("block-jacobi") < iterations("diagonal"))
  }

  @Test("files of Bundle Adjustment in the Large are read, and others refused in one line")
  func files() throws {
    let folder = try TemporaryFolder()
    // Two cameras apart, three points 5 before them, their pictures at a focal length of 100.
    let points = [(0.0, 0.0, -5.0), (1, 0, -5), (0, 1, -4)]
    var lines = ["2 3 6"]
    for (camera, shift) in [0.0, -1].enumerated() {
      for (number, point) in points.enumerated() {
        let (x, y) = (100 * (point.0 + shift) / -point.2, 100 * point.1 / -point.2)
        lines.append("\(camera) \(number) \(x) \(y)")
      }
    }
    for shift in [0.0, -1] { lines += [0, 0, 0, shift, 0, 0, 100, 0, 0].map { "\($0)" } }
    for point in points { lines += ["\(point.0 + 0.01)", "\(point.1)", "\(point.2)"] }
    let file = folder.path("scene.txt")
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    let json = try run([
      "--file", file, "--json", "--loss", "squared", "--preconditioner", "identity",
    ])
    #expect(json["cameras"] as? Int == 2 && json["observations"] as? Int == 6)
    #expect(try number(json, "rootMeanSquareBefore") > 0.1)
    #expect(try number(json, "rootMeanSquareAfter") < 1e-4)
    for (text, finding) in [
      ("2 3", "ends before the number of observations"), ("0 1 1", "has no cameras"),
      ("1 1 1 5 0 1 1", "as a camera"), (lines.joined(separator: " ") + " 7", "goes on after"),
      ("1 x 1", "holds \"x\""), ("1 1 1 0 0 nan 1", "holds \"nan\""),
    ] {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let process = try ExampleProcess("bundle-adjust", ["--file", file])
      #expect(process.status == 2 && process.output.isEmpty, "\(text)")
      #expect(
        process.errorLines.count == 1 && process.errors.contains(finding), "\(process.errors)")
    }
    let missing = try ExampleProcess("bundle-adjust", ["--file", folder.path("none.txt")])
    #expect(missing.status == 2 && missing.errors.contains("cannot be read"))
  }
}

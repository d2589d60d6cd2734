import Foundation
import Testing

@Suite("tomography as a process")
struct TomographyTests {
  private static let small = [
    "--views", "60", "--detectors", "50", "--side", "16", "--json",
  ]

  @Test("a robust loss finds the image among outliers, and the squared loss does not")
  func robust() throws {
    func error(_ arguments: [String]) throws -> Double {
      let process = try ExampleProcess("tomography", Self.small + arguments)
      #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
      let json = try process.json()
      #expect(json["rays"] as? Int == 3000 && json["pixels"] as? Int == 256)
      #expect(json["status"] as? String == "converged", "\(json["reason"] ?? "")")
      let counts = try #require(json["counts"] as? [String: Any])
      #expect(counts["factorizations"] as? Int == 0)
      return try #require(json["relativeError"] as? Double)
    }
    let soft = try error([])
    let squared = try error(["--loss", "squared"])
    #expect(soft < 0.2 && squared > 1.5 * soft, "\(soft), \(squared)")
    // Without noise the image is what comes back.
    #expect(
      try error(["--noise", "0", "--outliers", "0", "--tolerance", "1e-9", "--loss", "squared"])
        < 1e-4)
  }

  @Test("pixels stay above 0 where that is asked for, and the same seed gives the same image")
  func nonnegative() throws {
    let plain = try ExampleProcess("tomography", Self.small + ["--seed", "3"]).json()
    #expect(try #require(plain["smallestPixel"] as? Double) < 0)
    let arguments = Self.small + ["--seed", "3", "--nonnegative"]
    let bounded = try ExampleProcess("tomography", arguments + ["--threads", "1"]).json()
    #expect(bounded["smallestPixel"] as? Double == 0)
    #expect(bounded["status"] as? String == "converged", "\(bounded["reason"] ?? "")")
    let again = try ExampleProcess("tomography", arguments + ["--threads", "2"]).json()
    #expect(bounded["finalLoss"] as? Double == again["finalLoss"] as? Double)
    let other = try ExampleProcess("tomography", Self.small + ["--seed", "4"]).json()
    #expect(plain["finalLoss"] as? Double != other["finalLoss"] as? Double)
  }

  @Test("the picture shows three images, the text what was done")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let picture = folder.path("image.svg")
    let process = try ExampleProcess(
      "tomography", Self.small.dropLast() + ["--max-iterations", "2", "--plot", picture])
    #expect(process.status == 0 && process.output.contains("iterations 2 has reached 2"))
    #expect(process.output.contains("3000: 60 views of 50") && process.output.contains("MB"))
    let drawing = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(drawing.hasPrefix("<svg") && drawing.components(separatedBy: "<rect").count == 769)
  }

  @Test("options that are wrong are refused in one line")
  func refusals() throws {
    let refusals: [([String], String)] = [
      (["--outliers", "0.7"], "at most one half"), (["--side", "1"], "--side is \"1\""),
      (["--loss", "absolute"], "one of squared, soft-l1"),
      (["--views", "1000000", "--detectors", "1000000"], "rays"),
      (["--plot", "/nowhere/image.svg"], "no folder"),
    ]
    for (arguments, text) in refusals {
      let process = try ExampleProcess("tomography", arguments)
      #expect(process.status == 2 && process.output.isEmpty, "\(arguments)")
      #expect(process.errorLines.count == 1 && process.errors.contains(text), "\(process.errors)")
    }
  }
}

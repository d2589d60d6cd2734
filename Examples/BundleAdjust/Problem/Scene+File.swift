import Foundation
import OptimKit

extension Scene {
  /// Reads a problem of Bundle Adjustment in the Large (Agarwal et al. 2010): counts of cameras, points and observations;
  /// camera, point, x and y of each observation; nine numbers a camera, and three a point.
  ///
  /// - Throws: `OptimKitError` where the file is not one.
  init(contentsOf path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Self.error(path, "cannot be read")
    }
    var words = text.split(whereSeparator: \.isWhitespace).makeIterator()
    func number(_ what: String) throws -> Double {
      guard let word = words.next() else { throw Self.error(path, "ends before \(what)") }
      guard let value = Double(word), value.isFinite else {
        throw Self.error(path, "holds \"\(word)\" as \(what)")
      }
      return value
    }
    func count(_ what: String, below limit: Int = Int(Int32.max)) throws -> Int {
      let value = try number(what)
      guard value == value.rounded(), value >= 0, value < Double(limit) else {
        throw Self.error(path, "holds \(value) as \(what)")
      }
      return Int(value)
    }
    let cameras = try count("the number of cameras")
    let points = try count("the number of points")
    let total = try count("the number of observations")
    guard cameras > 0, points > 0, total > 0 else {
      throw Self.error(path, "has no cameras, points or observations")
    }
    var observations: [Observation] = []
    var observed: [Double] = []
    for _ in 0..<total {
      observations.append(
        Observation(
          camera: try count("a camera", below: cameras),
          point: try count("a point", below: points)))
      observed.append(try number("a coordinate"))
      observed.append(try number("a coordinate"))
    }
    model = ReprojectionModel(
      cameraCount: cameras, pointCount: points, observations: observations)
    self.observed = observed
    start = try (0..<model.parameterCount).map { _ in try number("a parameter") }
    guard words.next() == nil else { throw Self.error(path, "goes on after its last parameter") }
  }

  private static func error(_ path: String, _ finding: String) -> OptimKitError {
    OptimKitError(
      .unreadableFile, cause: "\(path) \(finding)",
      remedy: "give a file in the text format of Bundle Adjustment in the Large, unpacked")
  }
}

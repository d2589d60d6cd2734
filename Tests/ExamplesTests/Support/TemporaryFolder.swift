import Foundation
import OptimKit

/// A folder that is removed when its owner lets go of it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a text; the path of the file.
  func write(_ text: String, _ name: String) throws -> String {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    return path(name)
  }

  /// Writes an array; the path of the file.
  func write(_ shape: [Int], _ values: [Double], _ name: String) throws -> String {
    try NumPyArray(shape: shape, values: values).write(to: url.appending(path: name))
    return path(name)
  }
}

import Foundation
import OptimKit

/// A text file that grows line by line; each line is in the file when `write` returns.
final class LineFile {
  private let url: URL
  private let isAppending: Bool
  private var handle: FileHandle?

  init(_ url: URL, appending: Bool) {
    self.url = url
    isAppending = appending
  }

  /// Opens the file; whether it has lines already.
  func open() throws -> Bool {
    let manager = FileManager.default
    var isStarted = false
    if isAppending, let size = try? manager.attributesOfItem(atPath: url.path)[.size] as? Int {
      isStarted = size > 0
    } else {
      guard manager.createFile(atPath: url.path, contents: nil) else {
        throw error("the system does not create it")
      }
    }
    do {
      let handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
      self.handle = handle
    } catch {
      throw self.error(error.localizedDescription)
    }
    return isStarted
  }

  func write(_ line: String) throws {
    do {
      try handle?.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw self.error(error.localizedDescription)
    }
  }

  func close() throws {
    try handle?.close()
    handle = nil
  }

  private func error(_ reason: String) -> OptimKitError {
    OptimKitError(
      .unwritableFile, cause: "the file \(url.path) cannot be written (\(reason))",
      remedy: "check that its folder exists and is writable, and that the disk has room")
  }
}

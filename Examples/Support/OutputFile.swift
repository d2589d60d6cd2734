import Foundation
import OptimKit

/// A file that a program will write at its end, checked at its start.
package struct OutputFile: Sendable {
  /// Where the file will be, symbolic links resolved.
  package let url: URL

  /// Checks that the file can be written when the time comes; leaves a file that exists as it is.
  ///
  /// - Throws: `OptimKitError` of kind `unwritableFile` where the path is not that of a regular file,
  ///   the file is read-only, or nothing can be written to its folder.
  package init(path: String) throws {
    url = URL(filePath: path).resolvingSymlinksInPath()
    let manager = FileManager.default
    if let attributes = try? manager.attributesOfItem(atPath: url.path) {
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw Self.error(path, "it is not a regular file", remedy: "give the path of a file")
      }
      let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o600
      // The superuser can write to every file; one that is marked read-only is meant to stay.
      guard manager.isWritableFile(atPath: url.path), mode & 0o222 != 0 else {
        throw Self.error(path, "it is read-only", remedy: "give another path, or make it writable")
      }
    }
    try Self.probe(url.deletingLastPathComponent(), path)
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `OptimKitError` of kind `unwritableFile`.
  package func write(_ text: String) throws {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw OptimKitError(
        .unwritableFile, cause: "\(url.path) cannot be written: \(error.localizedDescription)",
        remedy: "check that the folder exists and is writable")
    }
  }

  /// Creates and removes a file in `folder`, the only sure test.
  private static func probe(_ folder: URL, _ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw error(
        path, "there is no folder \(folder.path)", remedy: "make the folder, or give another path")
    }
    let probe = folder.appending(path: ".\(UUID().uuidString).probe")
    guard FileManager.default.createFile(atPath: probe.path, contents: Data()) else {
      throw error(
        path, "the folder \(folder.path) is read-only",
        remedy: "give a path in a folder that is writable")
    }
    try? FileManager.default.removeItem(at: probe)
  }

  private static func error(_ path: String, _ finding: String, remedy: String) -> OptimKitError {
    OptimKitError(
      .unwritableFile, cause: "the file \(path) cannot be written: \(finding)", remedy: remedy)
  }
}

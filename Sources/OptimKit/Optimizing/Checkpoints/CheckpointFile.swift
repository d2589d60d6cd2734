import Foundation

/// A file that holds the last checkpoint, and files beside it that hold those before.
///
/// `run.checkpoint` is the newest, `run.checkpoint.1` the one before, and so on. A file is written under a temporary
/// name in the same folder, forced to the disk and renamed, so that whenever the process or the machine stops, there
/// is a whole checkpoint under the name.
public struct CheckpointFile: CheckpointSink {
  /// Where the newest one is.
  public let url: URL
  /// How many are kept, at least 1; 2 by default.
  public let count: Int

  /// Names a file; nothing is read or written yet.
  ///
  /// - Throws: ``OptimKitError`` where `count` is not in 1...1000.
  public init(_ url: URL, keeping count: Int = 2) throws {
    guard (1...1000).contains(count) else {
      throw OptimKitError(
        .invalidArgument, cause: "\(count) checkpoints are to be kept",
        remedy: "choose a number from 1 to 1000")
    }
    self.url = url
    self.count = count
  }

  /// The file of checkpoint number `age`, 0 for the newest.
  public func url(age: Int) -> URL { age == 0 ? url : URL(filePath: "\(url.path).\(age)") }

  /// Writes a checkpoint; the newest so far becomes the one before.
  ///
  /// - Throws: ``OptimKitError`` of kind `unwritableFile`; the checkpoints so far are kept then.
  public func save(_ checkpoint: Checkpoint) throws {
    let file = try AtomicFile(writing: checkpoint.serialized(), toReplace: url)
    shiftOlder()
    try file.commit()
  }

  /// Gives each file the name of the next older one. The newest keeps its name too until it is replaced.
  private func shiftOlder() {
    guard count > 1 else { return }
    for age in (1..<count).reversed() {
      let older = url(age: age).path
      if age > 1 {
        rename(url(age: age - 1).path, older)
      } else {
        unlink(older)
        // Where the file system knows no links, the newest is out of its name for a moment.
        if link(url.path, older) != 0 { rename(url.path, older) }
      }
    }
  }

  /// A checkpoint that was read, and what was wrong with newer ones.
  public struct Loaded: Sendable {
    /// The newest checkpoint that is whole.
    public let checkpoint: Checkpoint
    /// Why newer files were refused, one line each.
    public let refusals: [String]
  }

  /// Reads the newest checkpoint that is whole.
  ///
  /// - Returns: Nil where there is no file at all.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` where there are files, and all are refused: the reason for
  ///   the newest.
  public func load() throws -> Loaded? {
    var errors: [OptimKitError] = []
    for age in 0..<count {
      let file = url(age: age)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      do {
        return Loaded(
          checkpoint: try Self.read(file), refusals: errors.map(\.description))
      } catch let error as OptimKitError {
        errors.append(error)
      }
    }
    if let error = errors.first { throw error }
    return nil
  }

  /// Reads one file.
  ///
  /// - Throws: ``OptimKitError`` of kind `unreadableFile`.
  public static func read(_ url: URL) throws -> Checkpoint {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw OptimKitError(
        .unreadableFile, cause: "\(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and its permissions")
    }
    return try Checkpoint(data, name: url.path)
  }
}

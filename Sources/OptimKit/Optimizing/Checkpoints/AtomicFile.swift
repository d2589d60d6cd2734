import Foundation

/// A file that takes its name once it is on the disk as a whole.
struct AtomicFile: ~Copyable {
  private let temporary: String
  private let target: String
  private var isCommitted = false

  /// Writes `data` to `url` with ".tmp" after its name and forces it to the disk.
  ///
  /// - Throws: ``OptimKitError`` of kind `unwritableFile`; nothing is left behind.
  init(writing data: Data, toReplace url: URL) throws {
    target = url.resolvingSymlinksInPath().path
    // One name for all, so that a process that is killed leaves no more than one behind.
    let path = "\(target).tmp"
    temporary = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.error(target) }
    var failure = Self.write(data, to: descriptor)
    if failure == nil, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == nil { failure = errno }
    guard let failure else { return }
    unlink(path)
    throw Self.error(target, failure)
  }

  deinit { if !isCommitted { unlink(temporary) } }

  /// Gives the file its name, in place of one that has it, and forces that to the disk too.
  ///
  /// - Throws: ``OptimKitError`` of kind `unwritableFile`; an older file keeps the name then.
  consuming func commit() throws {
    guard rename(temporary, target) == 0 else { throw Self.error(target) }
    isCommitted = true
    let folder = open(
      URL(filePath: target).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    // File systems that cannot force a folder to the disk say so; the file itself is there.
    fsync(folder)
    close(folder)
  }

  /// Nil, or the number of the error.
  private static func write(_ data: Data, to descriptor: Int32) -> Int32? {
    data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += written
      }
      return nil
    }
  }

  private static func error(_ path: String, _ number: Int32 = errno) -> OptimKitError {
    OptimKitError(
      .unwritableFile,
      cause: "the file \(path) cannot be written (\(String(cString: strerror(number))))",
      remedy: "check that its folder exists and is writable, and that the disk has room")
  }
}

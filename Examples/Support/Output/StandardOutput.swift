import Foundation
import OptimKit

/// Standard output, shared with the progress lines of a run.
package enum StandardOutput {
  /// Writes `text` and a line feed, at once, so that progress shows in a pipe too. Of several ranks, one does.
  ///
  /// - Throws: `OptimKitError` where the text cannot be written, such as to a full disk.
  package static func write(_ text: String) throws {
    guard Ranks.isSpeaking else { return }
    print(text)
    try flush()
  }

  /// Writes out what was printed so far.
  ///
  /// - Throws: `OptimKitError` where the text cannot be written.
  package static func flush() throws {
    guard fflush(nil) == 0 else {
      throw OptimKitError(
        .unwritableFile,
        cause: "standard output cannot be written (\(String(cString: strerror(errno))))",
        remedy: "check where it is redirected to, and that the disk has room")
    }
  }
}

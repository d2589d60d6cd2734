import Foundation

/// The peak resident size of this process.
enum PeakMemory {
  /// Makes the peak start again from the present size, on Linux.
  static func reset() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }

  /// The peak since it was last reset.
  static var bytes: Int? { bytes(of: "VmHWM:") }

  /// The present size.
  static var residentBytes: Int? { bytes(of: "VmRSS:") }

  private static func bytes(of name: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
      .map { 1024 * $0 }
  }
}

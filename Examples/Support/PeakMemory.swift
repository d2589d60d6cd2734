import Foundation

/// The largest memory that this process has used.
package enum PeakMemory {
  /// Bytes in main memory at their most, as Linux counts them; nil where it does not tell.
  package static var bytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
        Int($0)
      })
    else { return nil }
    return kilobytes * 1024
  }
}

import Foundation
import OptimKit

/// The memory that this process can still have.
package enum MemoryBudget {
  /// Refuses work that takes more memory than there is.
  ///
  /// Sizes are products of what a user gave, so they come as `Double`, which does not overflow.
  ///
  /// - Throws: `OptimKitError` of kind `invalidArgument`.
  package static func require(bytes: Double, for purpose: String, remedy: String) throws {
    let available = availableBytes
    guard bytes > available else { return }
    throw OptimKitError(
      .invalidArgument,
      cause: "\(purpose) takes about \(gigabytes(bytes)) of memory, and "
        + "\(gigabytes(available)) are available",
      remedy: remedy)
  }

  /// The least of what the machine has free and what the process may use.
  static var availableBytes: Double {
    let physical = Double(ProcessInfo.processInfo.physicalMemory)
    let limits = [freeBytes, controlGroupBytes].compactMap { $0 }
    return limits.reduce(physical, min)
  }

  /// What Linux says is available without swapping.
  private static var freeBytes: Double? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return kilobytes * 1024
  }

  /// What a container may use, where the process runs in one.
  private static var controlGroupBytes: Double? {
    (try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8))
      .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func gigabytes(_ bytes: Double) -> String {
    "\((bytes / 1e9).significant(3)) GB"
  }
}

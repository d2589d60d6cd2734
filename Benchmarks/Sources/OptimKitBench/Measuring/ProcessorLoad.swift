import Foundation
import OptimKit

/// What else the processor is doing, as far as Linux tells.
enum ProcessorLoad {
  /// Share of one processor that others may use.
  private static let allowed = 0.1
  private static let patience = 120.0

  /// Waits until no other program uses the processor; contestants must be waiting for requests.
  ///
  /// - Throws: `OptimKitError` where the processor is still in use after two minutes.
  static func awaitQuiet(_ options: Options) throws {
    if options.allowLoad { return }
    // The contestants have just loaded their arrays, and their threads look for more work for a while.
    Thread.sleep(forTimeInterval: 0.5)
    let start = Date()
    while let busy = busyProcessors(), busy > allowed {
      guard Date().timeIntervalSince(start) < patience else {
        throw OptimKitError(
          .invalidArgument,
          cause: "other programs use \(String(format: "%.1f", busy)) processors",
          remedy: "end them, or measure all the same with --allow-load")
      }
      Progress.tell("  waiting: other programs use \(String(format: "%.1f", busy)) processors")
      Thread.sleep(forTimeInterval: 1)
    }
  }

  /// The averages over 1, 5 and 15 minutes.
  static var average: String? {
    guard let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8) else {
      return nil
    }
    return text.split(separator: " ").prefix(3).joined(separator: ", ")
  }

  /// Processors in use over half a second.
  private static func busyProcessors() -> Double? {
    guard let before = busySeconds() else { return nil }
    let start = Date()
    Thread.sleep(forTimeInterval: 0.5)
    return busySeconds().map { ($0 - before) / Date().timeIntervalSince(start) }
  }

  private static func busySeconds() -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard ticks.count >= 8 else { return nil }
    // user, nice, system, then after idle and input: interrupts and what other machines take.
    let busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]
    return busy / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

import Foundation
import OptimKit

/// Shows a run on a terminal: one live line with a bar, the time that is left, loss and rate; or a line for each
/// iteration.
public final class TerminalProgress: Observer {
  /// How progress is shown.
  public enum Style: String, CaseIterable, Hashable, Sendable, Codable {
    /// A bar on a terminal, lines elsewhere.
    case auto
    /// One line that is written over again, at most ten times a second.
    case bar
    /// A line for each iteration: loss, its ratio to the one before, iterations of the linear solver, and seconds.
    case lines
  }

  private let output: FileHandle
  private let isLive: Bool
  private var previousSeconds = 0.0
  private var shownSeconds = -Double.infinity
  private var stopping: [StoppingCriterion] = []
  private var firstRecord: IterationRecord?

  /// Creates an observer that writes to `output`, standard error by default.
  public init(output: FileHandle = .standardError, style: Style = .lines) {
    self.output = output
    isLive = style == .bar || (style == .auto && isatty(output.fileDescriptor) == 1)
  }

  /// Prints the optimizer, and where lines follow, the headings and the starting point.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) {
    previousSeconds = start.elapsedSeconds
    stopping = description.stopping
    firstRecord = start
    let details = description.details.isEmpty ? "" : " (\(description.details))"
    write("\(description.optimizer)\(details)\n")
    guard !isLive else { return }
    write("iteration          loss   relative      ratio  inner    seconds\n")
    write(line(for: start, seconds: start.elapsedSeconds) + "\n")
  }

  /// Shows the iteration.
  public func runDidIterate(_ record: IterationRecord) {
    if !isLive {
      write(line(for: record, seconds: record.elapsedSeconds - previousSeconds) + "\n")
    } else if record.elapsedSeconds - shownSeconds >= 0.1 {
      shownSeconds = record.elapsedSeconds
      // Back to the start of the line, and clear to its end.
      write("\r" + liveLine(for: record) + "\u{1B}[K")
    }
    previousSeconds = record.elapsedSeconds
  }

  /// Prints the status and the reason.
  public func runDidEnd(_ summary: RunSummary) {
    write((isLive ? "\r\u{1B}[K" : "") + summary.briefDescription + "\n")
  }

  private func line(for record: IterationRecord, seconds: Double) -> String {
    let ratio = record.lossRatio.map { String(format: "%10.3e", $0) } ?? "         -"
    return String(format: "%9d  %12.6e %10.3e ", record.iteration, record.loss, record.relativeLoss)
      + ratio + String(format: "  %5d  %9.3f", record.innerIterations, seconds)
  }

  private func liveLine(for record: IterationRecord) -> String {
    let share = stopping.compactMap { $0.progress(to: record, from: firstRecord) }.max() ?? 0
    // Rounding must not take a mark away from a share that is a whole number of them.
    let full = Int(20 * share + 1e-6)
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: 20 - full)
    let speed = Double(record.iteration) / max(record.elapsedSeconds, 1e-9)
    let left =
      share > 0.01
      ? String(format: ", about %.0f s left", record.elapsedSeconds * (1 - share) / share) : ""
    return "[\(bar)] "
      + String(
        format: "iteration %d, loss %.4e, ratio %.2e, %.1f iterations/s", record.iteration,
        record.loss, record.lossRatio ?? .nan, speed) + left
  }

  private func write(_ text: String) { try? output.write(contentsOf: Data(text.utf8)) }
}

import Foundation
import OptimKit

/// Prints one line per iteration: loss, its ratio to the one before, iterations of the linear solver, and
/// seconds.
public final class TerminalProgress: Observer {
  private let output: FileHandle
  private var previousSeconds = 0.0

  /// Creates an observer that writes to `output`, standard error by default.
  public init(output: FileHandle = .standardError) { self.output = output }

  /// Prints the optimizer, the headings and the starting point.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) {
    previousSeconds = start.elapsedSeconds
    write("\(description.optimizer) (\(description.details))")
    write("iteration          loss   relative      ratio  inner    seconds")
    write(line(for: start, seconds: start.elapsedSeconds))
  }

  /// Prints a line for the iteration.
  public func runDidIterate(_ record: IterationRecord) {
    write(line(for: record, seconds: record.elapsedSeconds - previousSeconds))
    previousSeconds = record.elapsedSeconds
  }

  /// Prints the status and the reason.
  public func runDidEnd(_ summary: RunSummary) { write(summary.briefDescription) }

  private func line(for record: IterationRecord, seconds: Double) -> String {
    let ratio = record.lossRatio.map { String(format: "%10.3e", $0) } ?? "         -"
    return String(format: "%9d  %12.6e %10.3e ", record.iteration, record.loss, record.relativeLoss)
      + ratio + String(format: "  %5d  %9.3f", record.innerIterations, seconds)
  }

  private func write(_ line: String) { try? output.write(contentsOf: Data((line + "\n").utf8)) }
}

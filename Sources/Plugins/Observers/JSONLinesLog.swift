import Foundation
import OptimKit

/// Writes a run as JSON Lines: one object for its begin, one for each iteration, one for its end.
///
/// Each has a member `event`: `begin` with `run` and the starting point as `record`, `iteration` with `record`, `end`
/// with `summary`, whose history is left out, since it stands in the lines before. A number that is not finite is
/// written as a string.
public final class JSONLinesLog: Observer {
  private struct Line: Encodable {
    let event: String
    var run: RunDescription?
    var record: IterationRecord?
    var summary: SummaryWithoutHistory?
  }

  private struct SummaryWithoutHistory: Encodable {
    let reason: StopReason
    let iterations: Int
    let finalLoss: Double
    let relativeLoss: Double
    let bestIteration: Int
    let bestLoss: Double
    let seconds: Double
    let phases: [Phase: Double]
    let counts: EvaluationCounts
    let environment: ComputeEnvironment
    let notes: [String]
    let warnings: [String]
  }

  private let file: LineFile
  private let encoder = JSONEncoder()

  /// Creates a log; the file is made when the run begins.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - appending: Whether lines that are there are kept, as for a resumed run; otherwise they are replaced.
  ///     Iterations after the checkpoint that the run goes on from stand there twice then, the valid ones last.
  public init(_ url: URL, appending: Bool = false) {
    file = LineFile(url, appending: appending)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "+infinity", negativeInfinity: "-infinity", nan: "nan")
  }

  /// Writes the line of the begin.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) throws {
    _ = try file.open()
    try write(Line(event: "begin", run: description, record: start))
  }

  /// Writes the line of an iteration.
  public func runDidIterate(_ record: IterationRecord) throws {
    try write(Line(event: "iteration", record: record))
  }

  /// Writes the line of the end.
  public func runDidEnd(_ summary: RunSummary) throws {
    let short = SummaryWithoutHistory(
      reason: summary.reason, iterations: summary.iterations, finalLoss: summary.finalLoss,
      relativeLoss: summary.relativeLoss, bestIteration: summary.bestIteration,
      bestLoss: summary.bestLoss, seconds: summary.seconds, phases: summary.phases,
      counts: summary.counts, environment: summary.environment, notes: summary.notes,
      warnings: summary.warnings)
    try write(Line(event: "end", summary: short))
    try file.close()
  }

  private func write(_ line: Line) throws {
    try file.write(String(decoding: encoder.encode(line), as: UTF8.self))
  }
}

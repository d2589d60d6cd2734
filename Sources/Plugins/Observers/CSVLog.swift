import Foundation
import OptimKit

/// Writes a row for the starting point and for each iteration, with headings, as CSV (RFC 4180). What a run does not
/// know is empty.
public final class CSVLog: Observer {
  /// The headings, in order.
  public static let columns = [
    "iteration", "loss", "relativeLoss", "lossRatio", "gradientNorm", "stepLength", "stepNorm",
    "innerIterations", "relativeResidual", "elapsedSeconds", "evaluations", "linearizations",
    "jacobianProducts", "transposedJacobianProducts", "gramMatrices", "sketches", "factorizations",
    "solver", "preconditioner",
  ]

  private let file: LineFile

  /// Creates a log; the file is made when the run begins.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - appending: Whether rows that are there are kept, as for a resumed run; otherwise they are replaced.
  ///     Iterations after the checkpoint that the run goes on from stand there twice then, the valid ones last.
  public init(_ url: URL, appending: Bool = false) {
    file = LineFile(url, appending: appending)
  }

  /// Writes headings and the starting point, unless rows are there.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) throws {
    guard try !file.open() else { return }
    try file.write(Self.columns.joined(separator: ","))
    try runDidIterate(start)
  }

  /// Writes a row.
  public func runDidIterate(_ record: IterationRecord) throws {
    let (step, counts) = (record.step, record.counts)
    let numbers: [Double?] = [
      record.loss, record.relativeLoss, record.lossRatio, record.gradientNorm, step?.stepLength,
      step?.stepNorm,
    ]
    var fields = ["\(record.iteration)"] + numbers.map { $0.map { "\($0)" } ?? "" }
    fields.append("\(record.innerIterations)")
    fields.append(step?.solve?.relativeResidual.map { "\($0)" } ?? "")
    fields.append("\(record.elapsedSeconds)")
    fields += [
      counts.evaluations, counts.linearizations, counts.jacobianProducts,
      counts.transposedJacobianProducts, counts.gramMatrices, counts.sketches,
      counts.factorizations,
    ].map { "\($0)" }
    fields.append(Self.quoted(step?.preparation?.selection?.chosen.name ?? ""))
    fields.append(Self.quoted(step?.preparation?.decision ?? ""))
    try file.write(fields.joined(separator: ","))
  }

  /// Closes the file.
  public func runDidEnd(_ summary: RunSummary) throws { try file.close() }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

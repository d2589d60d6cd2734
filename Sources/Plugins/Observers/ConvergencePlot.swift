import Foundation
import OptimKit

/// Draws the loss over iterations, and the norm of the gradient where it is known, as an SVG file, when the run ends.
public final class ConvergencePlot: Observer {
  private let url: URL

  /// Creates an observer that writes to `url`.
  public init(_ url: URL) { self.url = url }

  /// Writes the file.
  public func runDidEnd(_ summary: RunSummary) throws {
    try Self.svg(of: summary.history).writeReport(to: url)
  }

  /// The plot as SVG: relative loss, and relative norm of the gradient, on a logarithmic scale.
  public static func svg(of history: [IterationRecord]) -> String {
    var series = [
      Plot.Series(
        name: "loss / first loss",
        points: history.map { (Double($0.iteration), $0.relativeLoss) })
    ]
    let first = history.first { $0.gradientNorm.map { $0 > 0 } ?? false }
    if let first = first?.gradientNorm {
      series.append(
        Plot.Series(
          name: "gradient norm / first gradient norm",
          points: history.compactMap { record in
            record.gradientNorm.map { (Double(record.iteration), $0 / first) }
          }))
    }
    return Plot(
      title: "Convergence", horizontalName: "iteration", isLogarithmic: true, series: series
    ).svg
  }
}

extension String {
  /// Writes the text in one go.
  ///
  /// - Throws: `OptimKitError` of kind `unwritableFile`.
  func writeReport(to url: URL) throws {
    do {
      try Data(utf8).write(to: url, options: .atomic)
    } catch {
      throw OptimKitError(
        .unwritableFile,
        cause: "the file \(url.path) cannot be written (\(error.localizedDescription))",
        remedy: "check that its folder exists and is writable, and that the disk has room")
    }
  }
}

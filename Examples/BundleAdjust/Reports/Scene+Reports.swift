import ExampleSupport
import OptimKit

extension Scene {
  /// What is adjusted.
  func header(_ options: Options) -> String {
    let loss =
      options.loss == .squared
      ? "squared" : "\(options.loss.rawValue) of scale \(options.scale) pixels"
    return """
      scene           \(options.file ?? "synthetic"): \(model.cameraCount) cameras, \(model.pointCount) points, \
      \(model.observations.count) observations
      parameters      \(model.parameterCount)
      loss            \(loss)
      preconditioner  \(options.preconditioner.rawValue)
      environment     \(ComputeEnvironment.current)

      """
  }

  /// A row a step, and what came out.
  func text(_ adjustment: Adjustment) -> String {
    var table = TextTable(["iteration", "loss", "gradient", "inner", "seconds"])
    let summary = adjustment.summary
    for record in summary.history {
      table.append([
        "\(record.iteration)", record.loss.significant(6),
        record.gradientNorm?.significant(3) ?? "", "\(record.innerIterations)",
        record.elapsedSeconds.significant(3),
      ])
    }
    let (squares, medians) = (adjustment.rootMeanSquares, adjustment.medians)
    return """
      \(table.text)

      \(summary.reason)
      reprojection error, root mean square  \(squares.before.significant(4)) pixels before, \
      \(squares.after.significant(4)) after
      reprojection error, median            \(medians.before.significant(4)) pixels before, \
      \(medians.after.significant(4)) after
      \(summary.counts.innerIterations) inner iterations, \(summary.seconds.significant(3)) s
      """
  }

  /// One object.
  func json(_ adjustment: Adjustment, _ options: Options) -> JSONValue {
    let summary = adjustment.summary
    return [
      "example": "bundle-adjust", "cameras": .integer(model.cameraCount),
      "points": .integer(model.pointCount), "observations": .integer(model.observations.count),
      "parameters": .integer(model.parameterCount), "loss": .string(options.loss.rawValue),
      "preconditioner": .string(options.preconditioner.rawValue), "seed": .integer(options.seed),
      "status": .string(summary.reason.status.rawValue),
      "reason": .string(summary.reason.description),
      "initialLoss": .number(summary.history[0].loss), "finalLoss": .number(summary.finalLoss),
      "rootMeanSquareBefore": .number(adjustment.rootMeanSquares.before),
      "rootMeanSquareAfter": .number(adjustment.rootMeanSquares.after),
      "medianBefore": .number(adjustment.medians.before),
      "medianAfter": .number(adjustment.medians.after),
      "iterations": .integer(summary.iterations), "seconds": .number(summary.seconds),
      "peakBytes": PeakMemory.bytes.map { .integer($0) } ?? .null,
      "counts": summary.counts.json(isCG: true), "history": summary.historyJSON(),
      "environment": ComputeEnvironment.current.json,
    ]
  }
}

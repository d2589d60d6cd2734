import ExampleSupport
import OptimKit

extension Scan {
  /// What is scanned.
  func header(_ options: Options) -> String {
    """
    rays         \(model.outputCount): \(options.views) views of \(options.detectors), noise \
    \(options.noise), \((100 * options.outliers).significant(3)) % outliers
    image        \(options.side) × \(options.side), \(model.parameterCount) pixels\
    \(options.isNonnegative ? ", not negative" : "")
    loss         \(options.loss.rawValue)\(options.loss == .squared ? "" : " of scale \(options.scale)")
    environment  \(ComputeEnvironment.current)

    """
  }

  /// A row a step, and what came out.
  func text(_ reconstruction: Reconstruction) -> String {
    var table = TextTable(["iteration", "loss", "gradient", "inner", "seconds"])
    for record in reconstruction.summary.history {
      table.append([
        "\(record.iteration)", record.loss.significant(6),
        record.gradientNorm?.significant(3) ?? "", "\(record.innerIterations)",
        record.elapsedSeconds.significant(3),
      ])
    }
    let summary = reconstruction.summary
    let memory = PeakMemory.bytes.map { ", \((Double($0) / 1e6).significant(3)) MB" } ?? ""
    return """
      \(table.text)

      \(summary.reason)
      relative error of the image \(reconstruction.relativeError.significant(3)); \
      \(summary.counts.innerIterations) inner iterations, \(summary.seconds.significant(3)) s\(memory)
      """
  }

  /// One object.
  func json(_ reconstruction: Reconstruction, _ options: Options) -> JSONValue {
    let summary = reconstruction.summary
    return [
      "example": "tomography", "rays": .integer(model.outputCount),
      "pixels": .integer(model.parameterCount), "loss": .string(options.loss.rawValue),
      "seed": .integer(options.seed), "nonnegative": .boolean(options.isNonnegative),
      "status": .string(summary.reason.status.rawValue),
      "reason": .string(summary.reason.description),
      "initialLoss": .number(summary.history[0].loss), "finalLoss": .number(summary.finalLoss),
      "relativeError": .number(reconstruction.relativeError),
      "smallestPixel": .optional(reconstruction.image.min()),
      "iterations": .integer(summary.iterations), "seconds": .number(summary.seconds),
      "peakBytes": PeakMemory.bytes.map { .integer($0) } ?? .null,
      "counts": summary.counts.json(isCG: true), "history": summary.historyJSON(),
      "environment": ComputeEnvironment.current.json,
    ]
  }

  /// The image, its reconstruction and the error.
  func picture(of reconstruction: Reconstruction) -> String {
    let range = 0...(truth.max() ?? 1)
    let errors = zip(reconstruction.image, truth).map { $0 - $1 }
    let largest = errors.reduce(Double.leastNormalMagnitude) { max($0, abs($1)) }
    return HeatMap.drawing(
      [
        HeatMap(title: "image", values: truth, range: range),
        HeatMap(title: "reconstruction", values: reconstruction.image, range: range),
        HeatMap(title: "error", values: errors, range: -largest...largest),
      ],
      title: "Tomography from \(model.outputCount) rays, relative error "
        + reconstruction.relativeError.significant(3))
  }
}

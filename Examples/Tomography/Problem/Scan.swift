import OptimKit
import OptimKitModels
import OptimKitPlugins

/// An image and what was measured of it.
struct Scan {
  let model: TransmissionModel
  /// The image.
  let truth: [Double]
  /// What the detectors read.
  let readings: [Double]

  init(_ options: Options) throws {
    let geometry = RayGeometry(
      views: options.views, detectors: options.detectors, side: options.side)
    model = TransmissionModel(geometry: geometry)
    truth = Phantom.image(side: options.side)
    readings = Self.measure(truth, by: model, options)
  }

  /// What detectors read of an image: light with noise, and numbers that mean nothing.
  private static func measure(
    _ image: [Double], by model: TransmissionModel, _ options: Options
  ) -> [Double] {
    let key = RandomKey(seed: UInt64(options.seed), purpose: "tomography")
    var readings = Double.zeros(model.outputCount)
    var span = readings.mutableSpan
    model.evaluate(at: image.span, into: &span)
    var numbers = Double.zeros(model.outputCount)
    var numberSpan = numbers.mutableSpan
    key.fillNormal(&numberSpan)
    Double.add(options.noise, numberSpan.span, to: &span)
    // One number tells whether a reading is wrong, another what it is.
    key.with(iteration: 1).fillUniform(&numberSpan)
    let wrong = (0..<numbers.count).filter { numbers[$0] < options.outliers }
    var values = Double.zeros(wrong.count)
    var valueSpan = values.mutableSpan
    key.with(iteration: 2).fillUniform(&valueSpan)
    for (index, ray) in wrong.enumerated() { readings[ray] = values[index] }
    return readings
  }

  /// What was found.
  struct Reconstruction {
    let image: [Double]
    let summary: RunSummary
    /// ‖image − truth‖ / ‖truth‖.
    let relativeError: Double
  }

  /// Finds the image that leaves the smallest loss, from a start without absorption.
  func reconstruct(
    _ options: Options, _ cancellation: CancellationToken
  ) throws -> Reconstruction {
    let loss: any Loss =
      try options.loss.makeRobustLoss(scale: options.scale, curvature: options.curvature)
      ?? SquaredLoss()
    return try reconstruct(loss, options, cancellation)
  }

  private func reconstruct(
    _ loss: some Loss, _ options: Options, _ cancellation: CancellationToken
  ) throws -> Reconstruction {
    let objective = try EmpiricalRisk(model: model, loss: loss, targets: readings)
    let start = Double.zeros(model.parameterCount)
    let stopping: [StoppingCriterion] = [
      .relativeGradientNorm(options.tolerance), .iterations(options.maxIterations),
    ]
    let result: OptimizationResult<Double>
    if options.isNonnegative {
      let bounds = try ParameterBounds(
        lower: start, upper: [Double](repeating: .infinity, count: start.count))
      result = try minimize(
        objective.bounded(by: bounds), from: start, using: .steihaugTrustRegion(), until: stopping,
        cancellation: cancellation)
    } else {
      result = try minimize(
        objective, from: start, using: .steihaugTrustRegion(), until: stopping,
        cancellation: cancellation)
    }
    let image = result.best.parameters
    var difference = image
    var span = difference.mutableSpan
    Double.add(-1, truth.span, to: &span)
    return Reconstruction(
      image: image, summary: result.summary,
      relativeError: Double.norm(difference.span) / Double.norm(truth.span))
  }
}

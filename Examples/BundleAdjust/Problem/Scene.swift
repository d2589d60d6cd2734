import OptimKit
import OptimKitModels
import OptimKitPlugins

/// Cameras and points to start from, and what was seen.
struct Scene {
  let model: ReprojectionModel
  let start: [Double]
  /// x and y of each observation.
  let observed: [Double]

  /// What came out.
  struct Adjustment {
    let parameters: [Double]
    let summary: RunSummary
    /// In pixels, over all observations: (Σ‖r‖² / n)^½ before and after.
    let rootMeanSquares: (before: Double, after: Double)
    /// The medians of ‖r‖.
    let medians: (before: Double, after: Double)
  }

  /// Adjusts cameras and points to the observations.
  func adjust(_ options: Options, _ cancellation: CancellationToken) throws -> Adjustment {
    guard
      let loss = try options.loss.makeRobustLoss(
        scale: options.scale, curvature: options.curvature)
    else { return try adjust(by: SquaredLoss(), options, cancellation) }
    return try adjust(norm: loss, options, cancellation)
  }

  private func adjust(
    norm loss: some RobustLoss, _ options: Options, _ cancellation: CancellationToken
  ) throws -> Adjustment {
    try adjust(by: SampleNormLoss(loss), options, cancellation)
  }

  private func adjust(
    by loss: some Loss, _ options: Options, _ cancellation: CancellationToken
  ) throws -> Adjustment {
    let objective = try EmpiricalRisk(model: model, loss: loss, targets: observed)
    switch options.preconditioner {
    case .blockJacobi:
      return try adjust(
        objective, .steihaugTrustRegion(preconditioning: .blockJacobi(blockSize: 9)), options,
        cancellation)
    case .diagonal:
      return try adjust(
        objective, .steihaugTrustRegion(preconditioning: .diagonal), options, cancellation)
    case .identity:
      return try adjust(objective, .steihaugTrustRegion(), options, cancellation)
    }
  }

  private func adjust<Preconditioning: PreconditionerStrategy>(
    _ objective: some Objective<Double>, _ optimizer: SteihaugTrustRegion<Preconditioning>,
    _ options: Options, _ cancellation: CancellationToken
  ) throws -> Adjustment {
    let result = try minimize(
      objective, from: start, using: optimizer,
      until: [.relativeGradientNorm(options.tolerance), .iterations(options.maxIterations)],
      cancellation: cancellation)
    let (before, after) = (distances(at: start), distances(at: result.best.parameters))
    return Adjustment(
      parameters: result.best.parameters, summary: result.summary,
      rootMeanSquares: (Self.rootMeanSquare(before), Self.rootMeanSquare(after)),
      medians: (Self.median(before), Self.median(after)))
  }

  /// ‖r‖ of each observation.
  private func distances(at parameters: [Double]) -> [Double] {
    var outputs = Double.zeros(model.outputCount)
    var span = outputs.mutableSpan
    model.evaluate(at: parameters.span, into: &span)
    return model.observations.indices.map {
      let (x, y) = (
        outputs[2 * $0] - observed[2 * $0], outputs[2 * $0 + 1] - observed[2 * $0 + 1]
      )
      return (x * x + y * y).squareRoot()
    }
  }

  private static func rootMeanSquare(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  private static func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
  }
}

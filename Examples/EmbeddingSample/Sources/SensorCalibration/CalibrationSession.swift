import OptimKit
import OptimKitModels
import OptimKitPlugins

/// A calibration that its owner drives: a step whenever there is time for one.
///
///     let session = try CalibrationSession(readings: readings, fieldStrength: 48.5)
///     while let progress = try session.advance() { show(progress) }
///     let outcome = session.finish()
public final class CalibrationSession {
  /// What a step came to.
  public struct Progress: Hashable, Sendable {
    /// The number of steps so far.
    public let step: Int
    /// The root mean square of ‖A (m − b)‖ − h over the readings, in the unit of the field.
    public let error: Double
  }

  /// What a session came to.
  public struct Outcome: Hashable, Sendable {
    /// The correction with the least error.
    public let correction: Correction
    /// Its root mean square error, in the unit of the field.
    public let error: Double
    /// Whether the minimum was found; where not, `report` says why.
    public let isConverged: Bool
    /// The report of the run.
    public let report: String
  }

  private let run: Run<Double>
  private let readingCount: Int

  /// Validates the readings and evaluates the start.
  ///
  /// - Parameters:
  ///   - readings: Ten or more, finite, in all directions; a time series for choice.
  ///   - fieldStrength: h > 0, in the unit of the readings.
  ///   - cancellation: What ends the work from another thread.
  /// - Throws: `OptimKitError` where an argument is outside its domain.
  public convenience init(
    readings: [SIMD3<Double>], fieldStrength: Double,
    cancellation: CancellationToken = CancellationToken()
  ) throws {
    try self.init(
      Self.objective(readings: readings, fieldStrength: fieldStrength),
      from: Self.start(readings: readings, fieldStrength: fieldStrength), cancellation)
  }

  private init(
    _ objective: LeastSquares<CalibrationModel>, from start: Correction,
    _ cancellation: CancellationToken
  ) throws {
    run = try Run(
      minimizing: objective, from: start.parameters, using: Self.optimizer, until: Self.stopping,
      cancellation: cancellation)
    readingCount = objective.outputCount
  }

  /// Makes a step; nil where the calibration has ended.
  public func advance() throws -> Progress? {
    guard let record = try run.advance() else { return nil }
    return Progress(step: record.iteration, error: error(ofLoss: record.loss))
  }

  /// The outcome; ends a calibration that still goes on, with the best correction so far.
  public func finish() -> Outcome {
    let result = run.finish()
    return Outcome(
      correction: Correction(result.best.parameters.span), error: error(ofLoss: result.best.loss),
      isConverged: result.isConverged, report: "\(result.summary)")
  }

  private func error(ofLoss loss: Double) -> Double {
    (2 * loss / Double(readingCount)).squareRoot()
  }

  // MARK: The problem

  static let optimizer = GaussNewton(
    solver: SketchedCGSolver(SystematicSketcher(), oversampling: 20), stepControl: .backtracking)

  static let stopping: [StoppingCriterion] = [.relativeGradientNorm(1e-9), .iterations(50)]

  static func objective(
    readings: [SIMD3<Double>], fieldStrength: Double
  ) throws -> LeastSquares<CalibrationModel> {
    guard readings.count >= 10 else {
      throw OptimKitError(
        .invalidArgument, cause: "\(readings.count) readings for 9 unknowns",
        remedy: "take at least 10, in all directions")
    }
    if let i = readings.firstIndex(where: { !(length($0).isFinite) }) {
      throw OptimKitError(
        .nonFiniteValue, cause: "reading \(i) is \(readings[i])", remedy: "remove it")
    }
    guard fieldStrength > 0, fieldStrength.isFinite else {
      throw OptimKitError(
        .invalidArgument, cause: "a field of strength \(fieldStrength)",
        remedy: "pass a positive number in the unit of the readings")
    }
    return try LeastSquares(
      CalibrationModel(readings: readings),
      targets: [Double](repeating: fieldStrength, count: readings.count))
  }

  /// The mean of the readings, and the same factor in all directions.
  static func start(readings: [SIMD3<Double>], fieldStrength: Double) -> Correction {
    let count = Double(readings.count)
    let mean = readings.reduce(.zero, +) / count
    let radius = readings.reduce(0) { $0 + length($1 - mean) } / count
    let factor = radius > 0 ? fieldStrength / radius : 1
    return Correction(offset: mean, matrix: SymmetricMatrix(diagonal: .init(repeating: factor)))
  }
}

import OptimKit
import OptimKitPlugins

/// A finished training of a wide network.
struct Training: Sendable {
  /// ‖f − y‖ after each step, relative to that at the start; first 1.
  let errors: [Double]
  /// Iterations of the linear solver in each step.
  let innerIterations: [Int]
  /// W at the end.
  let parameters: [Double]
  /// Whether the error fell as far as it was to.
  let isConverged: Bool

  init(_ result: OptimizationResult<Double>) {
    let history = result.summary.history
    errors = history.map { $0.relativeLoss.squareRoot() }
    innerIterations = history.dropFirst().map(\.innerIterations)
    parameters = result.parameters
    isConverged = result.isConverged
  }

  /// Steps made.
  var stepCount: Int { errors.count - 1 }

  /// ‖e(t+1)‖ / ‖e(t)‖ of each step.
  var ratios: [Double] { zip(errors, errors.dropFirst()).map { $1 / $0 } }

  /// The largest of the ratios; infinite where the training came to no good end.
  var worstRatio: Double { isConverged ? ratios.largest : .infinity }

  /// The first step after which the relative error is at most `error`; nil where none is.
  func steps(to error: Double) -> Int? { errors.firstIndex { $0 <= error } }
}

extension WideProblem {
  /// Trains with full, undamped Gauss-Newton steps until ‖f − y‖ is at most `error` times that at the start.
  func train(
    _ solver: some LinearSolver, tolerance: InnerTolerance = .adaptive, to error: Double = 1e-10,
    atMost limit: Int = 60, seed: UInt64, _ context: ClaimContext
  ) throws -> Training {
    try train(
      with: GaussNewton(solver: solver, innerTolerance: tolerance), to: error, atMost: limit,
      seed: seed, context)
  }

  /// Trains with any optimizer.
  ///
  /// - Throws: `CancellationError` where the check is interrupted; what evaluating the network throws.
  func train(
    with optimizer: some Optimizer, to error: Double = 1e-10, atMost limit: Int, seed: UInt64,
    _ context: ClaimContext
  ) throws -> Training {
    let result = try minimize(
      objective, from: start, using: optimizer,
      until: [.relativeLoss(error * error), .iterations(limit)],
      cancellation: context.cancellation, seed: seed)
    try context.cancellation.check()
    return Training(result)
  }
}

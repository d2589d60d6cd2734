import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models that are not defined everywhere")
struct NonFiniteModelTests {
  /// Optimizers that look at the loss before they accept a step.
  private static let controlled: [any Optimizer] = [
    GaussNewton(solver: CholeskySolver(), stepControl: .backtracking),
    GaussNewton(solver: ConjugateGradientSolver(), stepControl: .backtracking),
    LevenbergMarquardt(), TrustRegion(subproblem: .dogleg), SpectralTrustRegion(),
    SketchedTrustRegion(), LBFGS(), GradientDescent(), Nesterov(),
  ]

  @Test("Steps into NaN and infinity are shortened until there is a loss")
  func shortening() throws {
    // A Gauss-Newton step on log θ = log 0.1 from 3 leads to −7.2, where there is no logarithm.
    let objective = try LeastSquares(LogarithmModel(), targets: [log(0.1)])
    for optimizer in Self.controlled {
      let result = try minimize(
        objective, from: [3], using: optimizer, until: [.loss(1e-10), .iterations(2000)])
      #expect(result.isConverged, "\(optimizer.name): \(result.reason)")
      #expect(abs(result.parameters[0] - 0.1) < 1e-4, "\(optimizer.name): \(result.parameters)")
      #expect(result.summary.history.allSatisfy { $0.loss.isFinite }, "\(optimizer.name)")
    }
  }

  @Test("Derivatives that are NaN end the run, which names the iteration and keeps its best point")
  func derivatives() throws {
    let objective = try LeastSquares(BrokenDerivative(), targets: [0])
    for optimizer in Self.controlled {
      let result = try minimize(
        objective, from: [3], using: optimizer, until: [.iterations(2000)])
      let place = "\(optimizer.name), \(optimizer.details): \(result.reason)"
      #expect(result.reason.status == .failed, "\(place)")
      let iteration = try #require(result.reason.iteration, "\(place)")
      #expect(iteration == result.summary.iterations + 1, "\(place)")
      #expect(result.reason.description.hasPrefix("iteration \(iteration): "), "\(place)")
      #expect(result.reason.error?.remedy.isEmpty == false, "\(place)")
      #expect(result.parameters[0].isFinite && result.summary.finalLoss.isFinite, "\(place)")
      #expect(result.best.loss <= 364.5 && result.best.parameters[0].isFinite, "\(place)")
    }
  }
}

/// log θ, which is NaN below 0 and infinite at 0.
private struct LogarithmModel: ScalarModel {
  func valueAndDerivative(at x: Double) -> (Double, Double) { (log(x), 1 / x) }
}

/// θ³, whose derivative is said to be NaN below 2.
private struct BrokenDerivative: ScalarModel {
  func valueAndDerivative(at x: Double) -> (Double, Double) {
    (x * x * x, x < 2 ? .nan : 3 * x * x)
  }
}

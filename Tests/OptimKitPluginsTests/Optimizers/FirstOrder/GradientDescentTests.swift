import OptimKit
import OptimKitPlugins
import Testing

@Suite("Gradient descent")
struct GradientDescentTests {
  @Test(
    "with the best fixed step, the error falls by (κ − 1)/(κ + 1) a step", arguments: [5.0, 80])
  func rate(conditionNumber: Double) throws {
    let objective = try quadratic(eigenvalues: spectrum(12, to: conditionNumber))
    let summary = try minimize(
      objective, from: [Double](repeating: 1, count: 12),
      using: .gradientDescent(step: .fixed(2 / (conditionNumber + 1))),
      until: [.iterations(150)]
    ).summary
    let rate = (conditionNumber - 1) / (conditionNumber + 1)
    for record in summary.history.dropFirst() where record.relativeLoss > 1e-280 {
      #expect(record.lossRatio! <= rate * rate * (1 + 1e-12))
    }
    // Of the components, those with the extreme eigenvalues remain.
    let last = summary.history.last { $0.relativeLoss > 1e-280 }
    #expect(abs(last!.lossRatio! / (rate * rate) - 1) < 1e-3)
  }

  @Test("with the step 1/β, the loss falls by ‖∇F‖² / 2β at least")
  func smoothness() throws {
    let objective = try quadratic(eigenvalues: spectrum(8, to: 20))
    let summary = try minimize(
      objective, from: [Double](repeating: 1, count: 8),
      using: .gradientDescent(step: .smoothness(20)),
      until: [.gradientNorm(1e-9), .iterations(600)]
    ).summary
    #expect(summary.reason.status == .converged)
    for (before, after) in zip(summary.history, summary.history.dropFirst()) {
      let gradient = before.gradientNorm!
      #expect(after.loss <= before.loss - gradient * gradient / 40 + 1e-15 * before.loss)
    }
  }

  @Test("backtracking needs no constant, and the first trial is right on a quadratic")
  func backtracking() throws {
    for scale in [1e-6, 1, 1e6] {
      let objective = try quadratic(eigenvalues: spectrum(8, to: 20).map { scale * $0 })
      let result = try minimize(
        objective, from: [Double](repeating: 1, count: 8), using: .gradientDescent(),
        until: [.relativeLoss(1e-14), .iterations(400)])
      #expect(result.isConverged, "\(result.summary)")
      let history = result.summary.history
      #expect(history.dropFirst().allSatisfy { $0.lossRatio! < 1 })
      // Gauss-Newton models of quadratics are exact: no trial is lost on the first step.
      let curvature = result.summary.counts
      #expect(curvature.jacobianProducts == 1)
      #expect(curvature.linearizations <= 2 * result.summary.iterations + 1)
    }
  }

  @Test("at a stationary point, backtracking says so")
  func stationary() throws {
    let objective = try quadratic(eigenvalues: [1, 2])
    let result = try minimize(
      objective, from: [0, 0], using: .gradientDescent(), until: [.iterations(3)])
    #expect(result.reason.error?.kind == .noConvergence)
    #expect(result.parameters == [0, 0])
  }

  @Test("a step that is too long ends the run at the last good point")
  func divergence() throws {
    let objective = try quadratic(eigenvalues: [1, 2])
    let result = try minimize(
      objective, from: [1, 1], using: .gradientDescent(step: .fixed(1e60)),
      until: [.iterations(100)])
    #expect(result.reason.status == .failed)
    #expect(result.summary.finalLoss.isFinite)
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for step: GradientStep in [
      .fixed(0), .fixed(.nan), .smoothness(-1),
      .backtracking(sufficientDecrease: 0, contraction: 0.5, expansion: 2, maximumTrials: 3),
      .backtracking(sufficientDecrease: 0.1, contraction: 0.5, expansion: 0.5, maximumTrials: 3),
    ] {
      #expect(throws: OptimKitError.self) { try GradientDescent(step: step).validate() }
    }
  }
}

import OptimKit
import OptimKitTesting
import Testing

@Suite struct StoppingCriterionTests {
  @Test(arguments: [
    StoppingCriterion.relativeLoss(0), .relativeLoss(-1), .relativeLoss(.nan),
    .gradientNorm(0), .gradientNorm(.infinity), .iterations(-1), .elapsedSeconds(-0.5),
    .elapsedSeconds(.infinity), .elapsedSeconds(.nan),
  ])
  func thresholdsThatSayNothingAreRefused(criterion: StoppingCriterion) {
    #expect(
      errorKind {
        try minimize(
          Parabola(), from: [1], using: GradientDescent(), until: [.iterations(1), criterion])
      } == .invalidArgument)
  }

  @Test(arguments: [
    StoppingCriterion.relativeLoss(.leastNonzeroMagnitude), .gradientNorm(1e300), .iterations(0),
    .elapsedSeconds(0),
  ])
  func extremeThresholdsAreAccepted(criterion: StoppingCriterion) {
    #expect(
      errorKind {
        try minimize(
          Parabola(), from: [1], using: GradientDescent(), until: [.iterations(1), criterion])
      } == nil)
  }

  /// F = θ² / 2 with halving steps: relative loss 4⁻ᵏ and gradient 2⁻ᵏ after k steps.
  @Test(arguments: [
    (StoppingCriterion.relativeLoss(0.0625), 2, RunStatus.converged, 0.0625),
    (.relativeLoss(0.0624), 3, .converged, 0.015625),
    (.gradientNorm(0.125), 3, .converged, 0.125),
    (.gradientNorm(2), 0, .converged, 1),
    (.iterations(5), 5, .stoppedByBudget, 5),
    (.iterations(0), 0, .stoppedByBudget, 0),
  ])
  func runEndsWhereTheCriterionFirstHolds(
    criterion: StoppingCriterion, steps: Int, status: RunStatus, value: Double
  ) throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [criterion])
    #expect(result.summary.iterations == steps)
    #expect(result.reason.status == status)
    #expect(result.reason.quantity == criterion.quantity)
    #expect(result.reason.value == value)
    #expect(result.reason.threshold == criterion.threshold)
    #expect(result.isConverged == (status == .converged))
  }

  @Test func timeIsABudget() throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(rate: 1e-9), until: [.elapsedSeconds(0.01)])
    #expect(result.reason.status == .stoppedByBudget)
    #expect(try #require(result.reason.value) >= 0.01)
    #expect(result.summary.iterations > 0)
  }

  @Test func firstCriterionOfTheListIsTheReason() throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(),
      until: [.iterations(2), .relativeLoss(0.0625)])
    #expect(result.reason.quantity == .iterations)
    #expect(result.reason.description == "iterations 2 has reached 2")
  }
}

import Foundation
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

  /// F = θ² / 2 with halving steps: evaluations k + 1, relative steps 1, a decrease of 3/4 each step.
  @Test(arguments: [
    (StoppingCriterion.loss(0.01), 3, RunStatus.converged, StoppingCriterion.Quantity.loss),
    (.relativeGradientNorm(0.25), 2, .converged, .relativeGradientNorm),
    (.relativeStep(1), 1, .converged, .relativeStep),
    (.evaluations(5), 4, .stoppedByBudget, .evaluations),
    (.stagnation(iterations: 2, relativeDecrease: 0.9376), 2, .stoppedByBudget, .relativeDecrease),
    (.iterations(3) && .relativeLoss(0.25), 3, .converged, .relativeLoss),
    (.iterations(3) && .evaluations(2), 3, .stoppedByBudget, .iterations),
    (.iterations(9) || .relativeLoss(0.25), 1, .converged, .relativeLoss),
    (
      (.relativeLoss(1e-9) && .gradientNorm(1)) || .iterations(4), 4, .stoppedByBudget, .iterations
    ),
  ])
  func criteriaCombine(
    criterion: StoppingCriterion, steps: Int, status: RunStatus,
    quantity: StoppingCriterion.Quantity
  ) throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [criterion, .iterations(20)])
    #expect(result.summary.iterations == steps)
    #expect(result.reason.status == status)
    #expect(result.reason.quantity == quantity)
  }

  @Test func stagnationNeedsAFlatStretch() throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(),
      until: [.stagnation(iterations: 1, relativeDecrease: 0.7), .iterations(5)])
    #expect(result.reason.quantity == .iterations)
  }

  @Test func productsAreABudget() {
    let record = IterationRecord(iteration: 0, loss: 1, relativeLoss: 1, elapsedSeconds: 0)
    #expect(record.counts == EvaluationCounts())
    #expect(StoppingCriterion.jacobianProducts(5).description == "jacobianProducts ≥ 5")
  }

  @Test func predicatesEndRunsButAreNotRead() throws {
    let criterion = StoppingCriterion.when("third step", status: .converged) { $0.iteration == 3 }
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [criterion])
    #expect(result.isConverged && result.summary.iterations == 3)
    #expect(result.reason.description == "third step")
    let copy = try JSONDecoder().decode(
      StoppingCriterion.self, from: JSONEncoder().encode(criterion))
    #expect(copy == criterion)
    #expect(
      errorKind { try minimize(Parabola(), from: [1], using: GradientDescent(), until: [copy]) }
        == .invalidArgument)
  }

  @Test(arguments: [
    StoppingCriterion.stagnation(iterations: 0, relativeDecrease: 0.1),
    .stagnation(iterations: 1, relativeDecrease: -1),
    .stagnation(iterations: 1, relativeDecrease: .nan),
    .iterations(1) && .gradientNorm(0), .when("never", status: .failed) { _ in false },
  ])
  func partsAreValidated(criterion: StoppingCriterion) {
    #expect(
      errorKind {
        try minimize(Parabola(), from: [1], using: GradientDescent(), until: [criterion])
      } == .invalidArgument)
  }

  @Test func criteriaSurviveEncoding() throws {
    let criterion =
      (StoppingCriterion.loss(1) && .stagnation(iterations: 3, relativeDecrease: 0.1))
      || .elapsedSeconds(5)
    let copy = try JSONDecoder().decode(
      StoppingCriterion.self, from: JSONEncoder().encode(criterion))
    #expect(copy == criterion)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(StoppingCriterion.iterations(7)), as: UTF8.self)
        == #"{"quantity":"iterations","threshold":7}"#)
    #expect(
      copy.description
        == "((loss ≤ 1 and relativeDecrease ≤ 0.1 over 3 iterations) or elapsedSeconds ≥ 5)")
  }
}

import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct MinimizeTests {
  @Test func historyTellsTheWholeRun() throws {
    let observer = RecordingObserver()
    let result = try minimize(
      Parabola(parameterCount: 2), from: [3, 4], using: GradientDescent(),
      until: [.iterations(3), .gradientNorm(1e-3)], observers: [observer], seed: 7)
    #expect(result.parameters == [0.375, 0.5])
    let history = result.summary.history
    #expect(history.map(\.iteration) == [0, 1, 2, 3])
    #expect(history.map(\.loss) == [12.5, 3.125, 0.78125, 0.1953125])
    #expect(history.map(\.relativeLoss) == [1, 0.25, 0.0625, 0.015625])
    #expect(history.map(\.lossRatio) == [nil, 0.25, 0.25, 0.25])
    #expect(history.map(\.gradientNorm) == [5, 2.5, 1.25, 0.625])
    #expect(history.map { $0.step?.stepNorm } == [nil, 2.5, 1.25, 0.625])
    #expect(zip(history, history.dropFirst()).allSatisfy { $0.elapsedSeconds <= $1.elapsedSeconds })
    #expect(result.summary.counts.evaluations == 4)
    #expect(result.summary.initialLoss == 12.5)
    #expect(result.summary.finalLoss == 0.1953125)

    #expect(
      observer.events
        == ["begin gradient descent", "iterate", "iterate", "iterate", "end stoppedByBudget"])
    #expect(observer.records == history)
    let run = result.summary.run
    #expect((run.parameterCount, run.outputCount, run.seed) == (2, 2, 7))
    #expect(run.scalar == "float64")
  }

  @Test func gradientIsLeftAloneWhereNobodyAsks() throws {
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(1)])
    #expect(result.summary.history.allSatisfy { $0.gradientNorm == nil })
  }

  @Test func startAtTheMinimumConvergesWithoutAStep() throws {
    let result = try minimize(Parabola(), from: [0], using: GradientDescent())
    #expect(result.isConverged)
    #expect(result.summary.iterations == 0)
    #expect(result.summary.relativeLoss == 0)
  }

  @Test(arguments: [
    ([1, 2], OptimKitError.Kind.dimensionMismatch), ([], .dimensionMismatch),
    ([Double.nan], .nonFiniteValue), ([-Double.infinity], .nonFiniteValue),
  ])
  func startingPointsAreValidated(start: [Double], kind: OptimKitError.Kind) {
    #expect(errorKind { try minimize(Parabola(), from: start, using: GradientDescent()) } == kind)
  }

  @Test func emptyListOfCriteriaIsRefused() {
    #expect(
      errorKind { try minimize(Parabola(), from: [1], using: GradientDescent(), until: []) }
        == .invalidArgument)
  }

  @Test func optionsOfTheOptimizerAreValidated() {
    #expect(
      errorKind { try minimize(Parabola(), from: [1], using: GradientDescent(rate: 0)) }
        == .invalidArgument)
  }

  @Test func lossHasToBeFiniteAtTheStart() {
    #expect(
      errorKind { try minimize(Parabola(radius: 1), from: [2], using: GradientDescent()) }
        == .nonFiniteValue)
  }

  @Test func failureOfTheFirstStepKeepsTheStart() throws {
    let result = try minimize(Parabola(), from: [1], using: GradientDescent(failingStep: 1))
    #expect(result.reason.status == .failed)
    #expect(result.reason.error?.kind == .noConvergence)
    #expect(result.reason.iteration == 1)
    #expect(result.parameters == [1])
    #expect(result.summary.history.map(\.loss) == [0.5])
  }

  @Test func failureAfterProgressKeepsTheLastPoint() throws {
    let observer = RecordingObserver()
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(failingStep: 3), observers: [observer])
    #expect(result.reason.status == .failed)
    #expect(!result.isConverged)
    #expect(result.reason.error?.kind == .noConvergence)
    #expect(result.reason.description == "iteration 3: the valley ends; walk elsewhere")
    #expect(result.parameters == [0.25])
    #expect(result.summary.iterations == 2)
    #expect(observer.events.last == "end failed")
  }

  @Test func foreignErrorsAreThrown() {
    let optimizer = GradientDescent(failingStep: 3, failsWithForeignError: true)
    #expect(throws: GradientDescent.ForeignError.self) {
      try minimize(Parabola(), from: [1], using: optimizer)
    }
  }

  @Test func summarySurvivesEncoding() throws {
    let summary = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(2)]
    ).summary
    let data = try JSONEncoder().encode(summary)
    let copy = try JSONDecoder().decode(RunSummary.self, from: data)
    #expect(copy.history == summary.history)
    #expect(copy.reason == summary.reason)
    #expect(copy.counts == summary.counts)
    #expect(copy.environment == summary.environment)
  }

  @Test func summaryCollectsNotesWithTheirIterations() throws {
    let optimizer = GradientDescent(notes: [["late"], ["often", "also"], ["often"]])
    let summary = try minimize(
      Parabola(), from: [1], using: optimizer, until: [.iterations(4)]
    ).summary
    #expect(summary.notes == ["iteration 1: late", "iteration 2: also", "2 iterations: often"])
    #expect(summary.description.contains("note         2 iterations: often"))
  }
}

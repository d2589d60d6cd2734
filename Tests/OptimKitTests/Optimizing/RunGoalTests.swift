import OptimKit
import Testing

@Suite struct RunGoalTests {
  /// Criteria that end a run by themselves, the largest of a kind.
  @Test func goalsComeFromCriteria() {
    #expect(RunGoal(of: [.iterations(10), .elapsedSeconds(1)]) == RunGoal())
    #expect(
      RunGoal(of: [.relativeLoss(1e-8), .iterations(10), .relativeLoss(1e-6)])
        == RunGoal(relativeLoss: 1e-6))
    #expect(
      RunGoal(of: [.gradientNorm(1e-3) || .relativeGradientNorm(1e-5)])
        == RunGoal(gradientNorm: 1e-3, relativeGradientNorm: 1e-5))
    // One of two that have to hold together does not end it.
    #expect(RunGoal(of: [.gradientNorm(1e-3) && .relativeStep(1e-5)]) == RunGoal())
  }

  @Test func gradientsAreRelativeToTheFirst() {
    let goal = RunGoal(gradientNorm: 1e-3, relativeGradientNorm: 1e-5)
    #expect(goal.gradientNorm(fromFirst: nil) == 1e-3)
    #expect(goal.gradientNorm(fromFirst: 1) == 1e-3)
    #expect(goal.gradientNorm(fromFirst: 1000) == 0.01)
    #expect(RunGoal(relativeLoss: 1).gradientNorm(fromFirst: 1) == nil)
    #expect(RunGoal(relativeGradientNorm: 0.5).gradientNorm(fromFirst: nil) == nil)
  }
}

import OptimKit
import OptimKitTesting
import Testing

@Suite("The check of optimizers")
struct OptimizerConformanceTests {
  private func issues(
    _ optimizer: FaultyOptimizer, _ type: any RealScalar.Type = Double.self, steps: Int = 300,
    isExpectedToConverge: Bool = true
  ) -> [String] {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) -> [String] {
      conformanceIssues(
        of: optimizer, scalar: type, steps: steps, isExpectedToConverge: isExpectedToConverge)
    }
    return check(type)
  }

  @Test("accepts gradient descent", arguments: scalarTypes)
  func sound(type: any RealScalar.Type) {
    #expect(issues(FaultyOptimizer(), type) == [])
  }

  @Test(
    "names each defect",
    arguments: [
      (.invalid, "validating the optimizer failed"), (.forgetsRate, "a trip through JSON"),
      (.startsElsewhere, "does not start at"), (.wrongLoss, "the loss is"),
      (.wrongGradientNorm, "the gradient's norm is"), (.computesAgain, "a second time"),
      (.wrongStepNorm, "its report says"), (.climbs, "the loss does not fall"),
      (.ignoresKey, "with the same key ends elsewhere"), (.dependsOnThreads, "threads ends"),
      (.hidesErrors, "does not end the step"), (.wrapsErrors, "comes out as"),
      (.movesBeforeEvaluating, "not those of the last good point"),
      (.countsIterations, "inner iterations reported"),
      (.forgetsState, "the saved state lacks something"),
    ] as [(FaultyOptimizer.Defect, String)])
  func defects(defect: FaultyOptimizer.Defect, text: String) {
    let issues = issues(FaultyOptimizer(defect), steps: 20, isExpectedToConverge: false)
    #expect(issues.contains { $0.contains(text) }, "\(issues)")
  }

  @Test("expects a stationary point only where it is told to")
  func convergence() {
    let slow = FaultyOptimizer(rate: 0.01)
    #expect(issues(slow, steps: 5, isExpectedToConverge: false) == [])
    let found = issues(slow, steps: 5)
    #expect(found.count == 1 && found[0].contains("after 5 steps the gradient is"), "\(found)")
  }
}

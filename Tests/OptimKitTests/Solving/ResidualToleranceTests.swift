import OptimKit
import Testing

@Suite struct ResidualToleranceTests {
  @Test func thresholdsFollowTheirDefinitions() {
    typealias Tolerance = ResidualTolerance<Double>
    #expect(Tolerance.relative(0.5).threshold(rightHandSideNorm: 4) == 2)
    #expect(Tolerance.absolute(0.5).threshold(rightHandSideNorm: 4) == 0.5)
    // η = min(0.25, ‖r‖ / reference).
    let quadratic = Tolerance.quadratic(maximum: 0.25, reference: 16)
    #expect(quadratic.threshold(rightHandSideNorm: 16) == 4)
    #expect(quadratic.threshold(rightHandSideNorm: 2) == 0.25)
    #expect(Tolerance.quadratic(maximum: 0.25, reference: 0).threshold(rightHandSideNorm: 2) == 0.5)
  }

  @Test func nothingBelowRoundoffIsAskedFor() {
    typealias Tolerance = ResidualTolerance<Float>
    let floor = 4 * Float.unitRoundoff * 8
    #expect(Tolerance.relative(0).threshold(rightHandSideNorm: 8) == floor)
    #expect(Tolerance.absolute(0).threshold(rightHandSideNorm: 8) == floor)
    #expect(
      Tolerance.quadratic(maximum: 0.1, reference: 1e30).threshold(rightHandSideNorm: 8) == floor)
  }
}

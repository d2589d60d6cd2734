import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A loss with targets of its domain, and margins where it has derivatives.
struct LossCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let loss: any ElementwiseLoss
  let targets: [Double]
  var outside: [Double] = []
  /// Whether curvature is the second derivative on straight branches too.
  var hasExactCurvature = true
  /// Values, slopes and curvatures computed by hand at an output and a target.
  let known: [(output: Double, target: Double, value: Double, slope: Double, curvature: Double)]

  /// All of them; none where one cannot be made, which a test notices.
  static let all = (try? makeAll()) ?? []

  private static func makeAll() throws -> [LossCase] {
    [
      LossCase(
        testDescription: "logistic", loss: LogisticLoss(), targets: [0, 1, 0.25],
        outside: [-1, 2, -1e-9],
        known: [(0, 1, log(2), -0.5, 0.25), (log(3), 0, log(4), 0.75, 3.0 / 16)]),
      LossCase(
        testDescription: "Poisson", loss: PoissonLoss(), targets: [0, 1, 3.5], outside: [-1],
        known: [(0, 0, 1, 1, 1), (log(2), 2, 0, 0, 2), (0, 2, 2 * log(2) - 1, -1, 1)]),
      LossCase(
        testDescription: "Gamma", loss: GammaLoss(), targets: [0.5, 1, 3.5], outside: [0, -1],
        known: [(0, 1, 0, 0, 1), (0, 2, 1 - log(2), -1, 2)]),
      LossCase(
        testDescription: "Huber", loss: try HuberLoss(threshold: 0.75), targets: [0, -1, 2.5],
        hasExactCurvature: false,
        known: [(0.5, 0, 0.125, 0.5, 1), (2, 0, 0.75 * 2 - 0.28125, 0.75, 1e-3)]),
      LossCase(
        testDescription: "smoothed hinge", loss: try SmoothedHingeLoss(width: 0.5),
        targets: [0, 1], outside: [-1, 0.5], hasExactCurvature: false,
        known: [(1, 1, 0, 0, 0), (0.75, 1, 0.0625, -0.5, 2), (3, 0, 3.75, 1, 2e-3)]),
      LossCase(
        testDescription: "smoothed quantile",
        loss: try SmoothedQuantileLoss(level: 0.3, bandwidth: 0.5), targets: [0, -1, 2.5],
        known: [(1, 1, 0.5 * log(2), 0.2, 0.5)]),
    ] + (try RobustCase.all.map(LossCase.init))
  }
}

@Suite struct ElementwiseLossTests {
  @Test(arguments: LossCase.all, scalarTypes)
  func lossConforms(example: LossCase, type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let outputs: [Scalar] = RandomKey(seed: 2, purpose: "losses").normalVector(24)
      for outputsPerSample in [1, 3] {
        let issues = conformanceIssues(
          of: example.loss, outputs: outputs,
          targets: outputs.indices.map { Scalar(example.targets[$0 % example.targets.count]) },
          outputsPerSample: outputsPerSample, hasExactCurvature: example.hasExactCurvature)
        #expect(issues == [])
      }
    }
    check(type)
  }

  @Test(arguments: LossCase.all)
  func termsByHand(example: LossCase) {
    for known in example.known {
      let terms = example.loss.terms(output: known.output, target: known.target)
      #expect(abs(terms.value - known.value) <= 1e-15)
      #expect(abs(terms.slope - known.slope) <= 1e-15)
      #expect(abs(terms.curvature - known.curvature) <= 1e-15)
    }
  }

  @Test(arguments: LossCase.all, scalarTypes)
  func targetsOutsideTheDomainAreRefused(example: LossCase, type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      for target in example.outside {
        let targets = [Scalar(example.targets[0]), Scalar(target)]
        #expect(
          errorKind { try example.loss.validate(targets: targets.span, outputsPerSample: 1) }
            == .invalidArgument)
      }
    }
    check(type)
  }

  /// No NaN anywhere; infinity only where the loss itself is beyond the range of the type.
  @Test(arguments: LossCase.all, scalarTypes)
  func hugeMarginsAreSafe(example: LossCase, type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let targets = example.targets.map { Scalar($0) }
      let isBounded = example.loss.constants.smoothness != nil
      for margin in [-1e4, -50, 50, 1e4] as [Scalar] {
        let outputs = [Scalar](repeating: margin, count: targets.count)
        let weights = [Scalar](repeating: 1, count: targets.count)
        var gradient = outputs
        var factor = outputs
        var gradientSpan = gradient.mutableSpan
        var factorSpan = factor.mutableSpan
        let value = example.loss.linearize(
          outputs: outputs.span, targets: targets.span, weights: weights.span,
          outputsPerSample: 1, gradient: &gradientSpan, curvatureFactor: &factorSpan)
        #expect(!value.isNaN && value >= 0)
        #expect(gradient.allSatisfy { !$0.isNaN } && factor.allSatisfy { !$0.isNaN && $0 > 0 })
        if isBounded {
          #expect(value.isFinite && (gradient + factor).allSatisfy { $0.isFinite })
        }
      }
    }
    check(type)
  }

  /// β, L and M against differences over a grid.
  @Test(arguments: LossCase.all)
  func constantsBoundTheCurvature(example: LossCase) {
    let constants = example.loss.constants
    let step = 1e-4
    var (largest, steepest) = (0.0, 0.0)
    for target in example.targets {
      for number in -400...400 {
        let output = Double(number) / 50
        func curvature(_ output: Double) -> Double {
          example.loss.terms(output: output, target: target).curvature
        }
        let here = curvature(output)
        let change = abs(curvature(output + step) - curvature(output - step)) / (2 * step)
        largest = max(largest, here)
        steepest = max(steepest, change)
        if let beta = constants.smoothness { #expect(here <= beta * (1 + 1e-12)) }
        if let lipschitz = constants.curvatureLipschitz { #expect(change <= lipschitz * 1.0001) }
        if let concordance = constants.selfConcordance {
          #expect(change <= concordance * here * 1.0001 + 1e-9)
        }
      }
    }
    // They are no larger than need be; what may stand in for a second derivative changes more slowly.
    let isSecondDerivative = (example.loss as? any RobustLoss)?.curvature != .reweighted
    if let beta = constants.smoothness { #expect(largest >= 0.999 * beta) }
    if isSecondDerivative, let lipschitz = constants.curvatureLipschitz {
      #expect(steepest >= 0.99 * lipschitz)
    }
  }

  @Test func optionsOutsideTheirDomainAreRefused() {
    #expect(LossCase.all.count == 17)
    #expect(errorKind { try HuberLoss(threshold: 0) } == .invalidArgument)
    #expect(errorKind { try HuberLoss(threshold: .nan) } == .invalidArgument)
    #expect(errorKind { try SmoothedHingeLoss(width: -1) } == .invalidArgument)
    #expect(errorKind { try SmoothedQuantileLoss(level: 1) } == .invalidArgument)
    #expect(errorKind { try SmoothedQuantileLoss(bandwidth: .infinity) } == .invalidArgument)
  }

  /// Many samples are summed in pieces: they add up, and are the same bits for any number of threads.
  @Test func piecesAddUp() {
    let outputs: [Double] = RandomKey(seed: 3, purpose: "losses").normalVector(50_000)
    let targets = outputs.indices.map { Double($0 % 2) }
    let weights = [Double](repeating: 0.5, count: outputs.count)
    let loss = LogisticLoss()
    func linearize(threads: Int) -> [Double] {
      ThreadPool.withThreadCount(threads) {
        var gradient = outputs
        var factor = outputs
        var gradientSpan = gradient.mutableSpan
        var factorSpan = factor.mutableSpan
        let value = loss.linearize(
          outputs: outputs.span, targets: targets.span, weights: weights.span,
          outputsPerSample: 1, gradient: &gradientSpan, curvatureFactor: &factorSpan)
        return [value] + gradient + factor
      }
    }
    let one = linearize(threads: 1)
    #expect(haveSameBits(one, linearize(threads: 3)))
    let sum = outputs.indices.reduce(0.0) {
      $0 + 0.5 * loss.terms(output: outputs[$1], target: targets[$1]).value
    }
    #expect(abs(one[0] - sum) <= 1e-10 * sum)
    #expect(one[1 + 40_001] == 0.5 * loss.terms(output: outputs[40_001], target: 1).slope)
  }
}

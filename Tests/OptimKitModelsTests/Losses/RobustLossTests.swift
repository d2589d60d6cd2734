import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A robust loss and what it is at a residual, computed by hand.
struct RobustCase: CustomTestStringConvertible, Sendable {
  let loss: any RobustLoss
  let known: [(residual: Double, value: Double, slope: Double, curvature: Double)]

  var testDescription: String { "\(type(of: loss)), \(loss.curvature)" }

  static var all: [RobustCase] {
    get throws {
      let root = 2.0.squareRoot()
      var result: [RobustCase] = []
      for kind in [RobustCurvature.secondOrder, .reweighted] {
        let isExact = kind == .secondOrder
        result += [
          RobustCase(
            loss: try SoftL1Loss(curvature: kind),
            known: [
              (1, root - 1, 1 / root, isExact ? 1 / (2 * root) : 1 / root), (0, 0, 0, 1),
            ]),
          RobustCase(
            loss: try CauchyLoss(scale: 2, curvature: kind),
            known: [
              (1, 2 * log(1.25), 0.8, isExact ? 0.48 : 0.8),
              (4, 2 * log(5), 0.8, isExact ? 0.2e-3 : 0.2),
            ]),
          RobustCase(
            loss: try GemanMcClureLoss(scale: 2, curvature: kind),
            known: [
              (1, 0.4, 0.64, isExact ? 0.128 : 0.64), (2, 1, 0.5, isExact ? 0.25e-3 : 0.25),
            ]),
          RobustCase(
            loss: try TukeyLoss(scale: 2, curvature: kind),
            known: [
              (1, 37 / 96.0, 0.5625, isExact ? 0.5625e-3 : 0.5625), (3, 2 / 3.0, 0, 0),
            ]),
        ]
      }
      return result + [
        RobustCase(loss: try HuberLoss(threshold: 2), known: [(1, 0.5, 1, 1), (3, 4, 2, 1e-3)]),
        RobustCase(
          loss: try HuberLoss(threshold: 2, curvature: .reweighted),
          known: [(1, 0.5, 1, 1), (3, 4, 2, 2 / 3.0)]),
        RobustCase(loss: try HuberLoss(), known: [(-3, 2.5, -1, 1e-3)]),
      ]
    }
  }
}

extension LossCase {
  init(_ example: RobustCase) {
    self.init(
      testDescription: example.testDescription, loss: example.loss, targets: [0, -1, 2.5],
      hasExactCurvature: false,
      known: example.known.map { ($0.residual, 0, $0.value, $0.slope, $0.curvature) })
  }
}

@Suite("Robust losses")
struct RobustLossTests {
  @Test("have the derivatives that differences give, and weights as they should be")
  func derivatives() throws {
    for example in try RobustCase.all {
      let loss = example.loss
      for number in 0...400 {
        let t = Double(number) / 100 + 0.003
        let h = 1e-5
        let (here, above, below) = (
          loss.terms(distance: t), loss.terms(distance: t + h), loss.terms(distance: t - h)
        )
        let slope = (above.value - below.value) / (2 * h)
        #expect(abs(slope - here.weight * t) < 1e-9, "\(example.testDescription) at \(t)")
        let bend = (above.weight * (t + h) - below.weight * (t - h)) / (2 * h)
        // Huber's and Tukey's second derivative jump at 1.
        if abs(t - 1) > 2 * h {
          #expect(abs(bend - here.radialCurvature) < 1e-8, "\(example.testDescription) at \(t)")
        }
        #expect(here.weight >= 0 && here.weight <= 1 && here.radialCurvature <= here.weight)
        // It falls with the distance: the weighted square is above the loss.
        #expect(below.weight >= above.weight)
        let ratio = here.curvatureRatio(loss.curvature)
        #expect(ratio >= 1e-3 && ratio <= 1)
      }
    }
  }

  @Test("are what they should be at zero, and from afar to infinity")
  func extremes() throws {
    for example in try RobustCase.all {
      let zero = example.loss.terms(distance: 0)
      #expect(zero == RobustTerms(value: 0, weight: 1, radialCurvature: 1))
      // ½ t² to the last digits.
      let small = example.loss.terms(distance: 1e-9)
      #expect(abs(small.value / 0.5e-18 - 1) < 1e-15)
      var last = 0.0
      for t in [1e2, 1e7, 1e8, 1.1e8, 1e100, 1e155, 1e300] {
        let terms = example.loss.terms(distance: t)
        #expect(terms.value.isFinite && terms.value >= last && terms.weight >= 0)
        #expect(!terms.radialCurvature.isNaN)
        last = terms.value
      }
      let infinite = example.loss.terms(distance: .infinity)
      #expect(!infinite.value.isNaN && infinite.weight == 0)
    }
  }

  @Test(
    "of norms conform, with the second derivative where that is positive", arguments: scalarTypes)
  func norms(type: any RealScalar.Type) throws {
    func check<L: RobustLoss, Scalar: RealScalar>(_ loss: L, _: Scalar.Type) {
      let norm = SampleNormLoss(loss)
      let outputs: [Scalar] = RandomKey(seed: 2, purpose: "losses").normalVector(24)
      let targets = outputs.indices.map { Scalar($0 % 5) / 2 }
      for outputsPerSample in [1, 2, 3] {
        #expect(
          conformanceIssues(
            of: norm, outputs: outputs, targets: targets, outputsPerSample: outputsPerSample,
            hasExactCurvature: false) == [])
        // Close to the targets nothing is concave.
        let near = outputs.indices.map { targets[$0] + outputs[$0] / 10 }
        #expect(
          conformanceIssues(
            of: norm, outputs: near, targets: targets, outputsPerSample: outputsPerSample,
            hasExactCurvature: loss.curvature == .secondOrder) == [])
      }
    }
    for example in try RobustCase.all { check(example.loss, type) }
  }

  @Test("of norms are those of elements where samples have one output")
  func oneOutput() throws {
    let outputs: [Double] = RandomKey(seed: 4, purpose: "losses").normalVector(50)
    let zeros = Double.zeros(50)
    let ones = [Double](repeating: 1, count: 50)
    func linearize(_ loss: some Loss) -> [Double] {
      var (gradient, factor) = (zeros, zeros)
      var gradientSpan = gradient.mutableSpan
      var factorSpan = factor.mutableSpan
      let value = loss.linearize(
        outputs: outputs.span, targets: zeros.span, weights: ones.span, outputsPerSample: 1,
        gradient: &gradientSpan, curvatureFactor: &factorSpan)
      return [value] + gradient + factor
    }
    for loss in [try CauchyLoss(scale: 0.7), try CauchyLoss(scale: 0.7, curvature: .reweighted)] {
      let (one, other) = (linearize(loss), linearize(SampleNormLoss(loss)))
      #expect(zip(one, other).allSatisfy { abs($0 - $1) <= 1e-14 * (1 + abs($0)) })
    }
  }

  @Test("do not depend on how the outputs of a sample are turned")
  func turned() throws {
    let loss = SampleNormLoss(try GemanMcClureLoss(scale: 1.5))
    func value(_ outputs: [Double]) -> Double {
      loss.value(
        outputs: outputs.span, targets: [0, 0].span, weights: [2].span, outputsPerSample: 2)
    }
    let length = 1.3
    for angle in stride(from: 0.0, to: 6, by: 0.5) {
      #expect(abs(value([length * cos(angle), length * sin(angle)]) - value([length, 0])) < 1e-15)
    }
  }

  @Test("refuse scales that are none")
  func scales() {
    for scale in [0, -1, .nan, .infinity] {
      #expect(errorKind { try SoftL1Loss(scale: scale) } == .invalidArgument)
      #expect(errorKind { try CauchyLoss(scale: scale) } == .invalidArgument)
      #expect(errorKind { try GemanMcClureLoss(scale: scale) } == .invalidArgument)
      #expect(errorKind { try TukeyLoss(scale: scale) } == .invalidArgument)
    }
  }
}

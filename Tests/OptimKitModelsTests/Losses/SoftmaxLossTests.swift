import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct SoftmaxLossTests {
  struct Derivatives<Scalar: RealScalar> {
    let value: Scalar
    let gradient: [Scalar]
    let factor: [Scalar]

    init(_ outputs: [Scalar], _ targets: [Scalar]) {
      var gradient = outputs
      var factor = Scalar.zeros(outputs.count * outputs.count)
      var gradientSpan = gradient.mutableSpan
      var factorSpan = factor.mutableSpan
      value = SoftmaxLoss().linearize(
        outputs: outputs.span, targets: targets.span, weights: [1].span,
        outputsPerSample: outputs.count, gradient: &gradientSpan, curvatureFactor: &factorSpan)
      self.gradient = gradient
      self.factor = factor
    }
  }

  @Test(arguments: scalarTypes, [2, 3, 6])
  func lossConforms(type: any RealScalar.Type, outputsPerSample: Int) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let outputs: [Scalar] = RandomKey(seed: 4, purpose: "softmax").normalVector(12)
      var targets = (0..<12).map { number in
        Scalar(number % outputsPerSample == number % 5 % outputsPerSample ? 1 : 0)
      }
      for first in stride(from: 0, to: 12, by: outputsPerSample) {
        let sum = targets[first..<first + outputsPerSample].reduce(0, +)
        for j in first..<first + outputsPerSample {
          targets[j] = sum > 0 ? targets[j] / sum : 1 / Scalar(outputsPerSample)
        }
      }
      #expect(
        conformanceIssues(
          of: SoftmaxLoss(), outputs: outputs, targets: targets,
          outputsPerSample: outputsPerSample) == [])
    }
    check(type)
  }

  /// C Cᵀ = diag(p) − p pᵀ, p from one to 1e-300.
  @Test(arguments: [
    [0.0, 0, 0], [1, 2, 3, -1], [0, -30, -700, 5], [1e4, -1e4, 0], [-1e4, 0, 1e4],
  ])
  func factorIsExact(outputs: [Double]) {
    let count = outputs.count
    var targets = [Double](repeating: 0, count: count)
    targets[0] = 1
    let derivatives = Derivatives(outputs, targets)
    let largest = outputs.max()!
    let total = outputs.reduce(0) { $0 + exp($1 - largest) }
    let p = outputs.map { exp($0 - largest) / total }
    for i in 0..<count {
      #expect(abs(derivatives.gradient[i] - (p[i] - targets[i])) <= 1e-15)
      for j in 0..<count {
        let product = (0..<count).reduce(0.0) {
          $0 + derivatives.factor[i * count + $1] * derivatives.factor[j * count + $1]
        }
        #expect(abs(product - ((i == j ? p[i] : 0) - p[i] * p[j])) <= 4e-16)
      }
    }
    #expect(abs(derivatives.value - (largest - outputs[0] + log(total))) <= 1e-12)
  }

  @Test(arguments: scalarTypes)
  func hugeMarginsAreSafe(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      for outputs in [[1e4, -1e4, 0], [-1e4, 1e4, 0], [0, 1e4, 1e4]] as [[Scalar]] {
        let derivatives = Derivatives(outputs, [1, 0, 0])
        #expect(derivatives.value.isFinite && derivatives.value >= 0)
        #expect((derivatives.gradient + derivatives.factor).allSatisfy { $0.isFinite })
        // A slope without curvature defines a step all the same.
        let residual = try Linearization(
          value: derivatives.value, outputs: outputs,
          jacobian: DenseJacobian(Matrix<Scalar>(rowCount: 3, columnCount: 1)),
          outputGradient: derivatives.gradient,
          curvatureFactor: .blocks(order: 3, elements: derivatives.factor)
        ).whitenedResidual()
        #expect(residual.allSatisfy { $0.isFinite })
      }
    }
    try check(type)
  }

  /// β and L, and M of self-concordance, along random lines; and that β and L are no larger than need be.
  @Test func constantsBoundTheCurvature() throws {
    let constants = SoftmaxLoss().constants
    let beta = try #require(constants.smoothness)
    let lipschitz = try #require(constants.curvatureLipschitz)
    let concordance = try #require(constants.selfConcordance)
    let key = RandomKey(seed: 5, purpose: "softmax constants")
    /// vᵀ ∂²ℓ/∂f² v: the variance of v under the probabilities.
    func curvature(_ outputs: [Double], _ v: [Double]) -> Double {
      let total = outputs.reduce(0) { $0 + exp($1) }
      let mean = zip(outputs, v).reduce(0) { $0 + exp($1.0) / total * $1.1 }
      return zip(outputs, v).reduce(0) {
        $0 + exp($1.0) / total * ($1.1 - mean) * ($1.1 - mean)
      }
    }
    var (largest, steepest) = (0.0, 0.0)
    let step = 1e-4
    for count in 2...5 {
      for number in 0..<4000 {
        let draws = key.with(iteration: count * 10_000 + number)
        var v: [Double] = draws.normalVector(count)
        let length = norm(v)
        v = v.map { $0 / length }
        let outputs = (draws.with(purpose: "outputs").normalVector(count) as [Double])
          .map { 2 * $0 }
        let here = curvature(outputs, v)
        let change =
          abs(
            curvature(combination(1, outputs, step, v), v)
              - curvature(combination(1, outputs, -step, v), v)) / (2 * step)
        #expect(here <= beta * (1 + 1e-12))
        #expect(change <= lipschitz * 1.0001)
        #expect(change <= concordance * here * 1.0001 + 1e-9)
        largest = max(largest, here)
        steepest = max(steepest, change / here)
      }
    }
    #expect(largest >= 0.9 * beta && steepest >= 0.9 * concordance)
  }

  @Test func targetsHaveToBeProbabilities() {
    let loss = SoftmaxLoss()
    func kind(_ targets: [Double], outputs: Int) -> OptimKitError.Kind? {
      errorKind { try loss.validate(targets: targets.span, outputsPerSample: outputs) }
    }
    #expect(kind([1, 0, 0, 0.25, 0.75, 0], outputs: 3) == nil)
    #expect(kind([1, 1, 0], outputs: 3) == .invalidArgument)
    #expect(kind([0, 0, 0], outputs: 3) == .invalidArgument)
    #expect(kind([2, -1, 0], outputs: 3) == .invalidArgument)
    #expect(kind([1], outputs: 1) == .invalidArgument)
  }
}

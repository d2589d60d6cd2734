import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct EmpiricalRiskTests {
  static let key = RandomKey(seed: 8, purpose: "risk")

  /// Three samples of two outputs, four parameters.
  static func model<Scalar: RealScalar>(
    of type: Scalar.Type = Scalar.self
  ) -> ResponseModel<Scalar> {
    ResponseModel(features: key.normalMatrix(6, 4), response: .sine, outputsPerSample: 2)
  }

  struct Defect: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var kind: OptimKitError.Kind
    var targets: [Double] = [1, 2, 3, 4, 5, 6]
    var weights: [Double]?
    var ridge = 0.0
  }

  @Test(arguments: [
    Defect(testDescription: "too few targets", kind: .dimensionMismatch, targets: [1, 2, 3]),
    Defect(
      testDescription: "a weight per output", kind: .dimensionMismatch, weights: [1, 1, 1, 1]),
    Defect(testDescription: "NaN target", kind: .nonFiniteValue, targets: [1, 2, .nan, 4, 5, 6]),
    Defect(
      testDescription: "infinite target", kind: .nonFiniteValue,
      targets: [1, 2, 3, 4, 5, -.infinity]),
    Defect(testDescription: "negative weight", kind: .invalidArgument, weights: [1, -1, 1]),
    Defect(testDescription: "NaN weight", kind: .invalidArgument, weights: [1, .nan, 1]),
    Defect(testDescription: "infinite weight", kind: .invalidArgument, weights: [1, .infinity, 1]),
    Defect(testDescription: "no weight", kind: .invalidArgument, weights: [0, 0, 0]),
    Defect(testDescription: "negative ridge", kind: .invalidArgument, ridge: -1e-9),
    Defect(testDescription: "NaN ridge", kind: .invalidArgument, ridge: .nan),
    Defect(testDescription: "infinite ridge", kind: .invalidArgument, ridge: .infinity),
    Defect(
      testDescription: "target outside the loss's domain", kind: .invalidArgument,
      targets: [1, 2, 3, 4, 5, 1000]),
  ])
  func argumentsOutsideTheirDomainAreRefused(defect: Defect) {
    #expect(
      errorKind {
        try EmpiricalRisk(
          model: Self.model(), loss: PowerLoss(largestTarget: 100), targets: defect.targets,
          weights: defect.weights, ridge: defect.ridge)
      } == defect.kind)
  }

  /// A model of any size, to be refused before it is used.
  struct HollowModel: Model {
    var parameterCount: Int
    var outputCount: Int
    var outputsPerSample = 1

    func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {}

    func linearize(
      at parameters: Span<Double>, outputs: inout MutableSpan<Double>
    ) -> DenseJacobian<Double> {
      DenseJacobian(Matrix(rowCount: 0, columnCount: 0))
    }
  }

  @Test(arguments: [(0, 3), (3, 0), (1 << 40, 1), (1, 1 << 31)])
  func modelsWithoutSizeOrOfTooMuchAreRefused(parameters: Int, outputs: Int) {
    let model = HollowModel(parameterCount: parameters, outputCount: outputs)
    #expect(
      errorKind { try EmpiricalRisk(model: model, loss: PowerLoss(), targets: []) }
        == .invalidArgument)
  }

  @Test(arguments: [0, -1, 4])
  func outputsHaveToDivideAmongSamples(outputsPerSample: Int) {
    let model = HollowModel(
      parameterCount: 1, outputCount: 6, outputsPerSample: outputsPerSample)
    #expect(
      errorKind {
        try EmpiricalRisk(model: model, loss: PowerLoss(), targets: [1, 2, 3, 4, 5, 6])
      } == .dimensionMismatch)
  }

  @Test(arguments: scalarTypes)
  func valueIsTheWeightedSumAndTheRidge(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let identity = try Matrix<Scalar>(
        rowCount: 4, columnCount: 2, storage: [1, 0, 0, 1, 1, 1, 2, 0])
      let objective = try EmpiricalRisk(
        model: ResponseModel(features: identity, outputsPerSample: 2), loss: PowerLoss(),
        targets: [0, 0, 0, 1], weights: [1, 10], ridge: 4)
      // Outputs (1, 2, 3, 2): ½ (1 + 4) + ½ 10 (9 + 1) + 2 (1 + 4).
      let parameters: [Scalar] = [1, 2]
      #expect(try objective.value(at: parameters.span) == 62.5)
      let linearization = try objective.linearize(at: parameters.span)
      #expect(linearization.value == 62.5)
      #expect(linearization.outputs == [1, 2, 3, 2])
      #expect(linearization.outputGradient == [1, 2, 30, 10])
      let root = Scalar(10).squareRoot()
      let expected = CurvatureFactor<Scalar>.diagonal([1, 1, root, root]).dense(4)
      #expect(largestDifference(linearization.curvatureFactor.dense(4), expected) <= 1e-6)
    }
    try check(type)
  }

  @Test func gradientAgreesWithDifferencesOfTheValue() throws {
    let objective = try EmpiricalRisk(
      model: Self.model(of: Double.self), loss: PowerLoss(power: .four),
      targets: [2, -1, 0.5, 1, 3, 0], weights: [0.5, 0, 3], ridge: 0.7)
    let counted = CountedObjective(objective)
    let point: [Double] = Self.key.with(iteration: 1).normalVector(4)
    let gradient = try filled(4) {
      try counted.gradient(at: point.span, counted.linearize(at: point.span), into: &$0)
    }
    let h = 1e-5
    for i in 0..<4 {
      var above = point
      var below = point
      above[i] += h
      below[i] -= h
      let slope = (try counted.value(at: above.span) - counted.value(at: below.span)) / (2 * h)
      #expect(abs(slope - gradient[i]) <= 1e-7 * (1 + abs(slope)))
    }
    #expect(counted.ledger.counts.evaluations == 8)
    #expect(counted.ledger.counts.linearizations == 1)
    #expect(counted.ledger.counts.transposedJacobianProducts == 1)
  }

  /// N = Jᵀ C Cᵀ J + (λ + μ) I from the system that optimizers are handed.
  @Test func systemHasTheCurvatureTheRidgeAndTheDamping() throws {
    let model = Self.model(of: Double.self)
    let objective = try EmpiricalRisk(
      model: model, loss: PowerLoss(power: .four), targets: [2, -1, 0.5, 1, 3, 0],
      weights: [0.5, 0, 3], ridge: 0.7)
    let counted = CountedObjective(objective)
    let point: [Double] = Self.key.with(iteration: 1).normalVector(4)
    let linearization = try counted.linearize(at: point.span)
    let system = counted.system(at: linearization, damping: 0.2)
    #expect(abs(system.damping - 0.9) <= 1e-15)

    var outputs = [Double](repeating: 0, count: 6)
    var span = outputs.mutableSpan
    let jacobian = model.linearize(at: point.span, outputs: &span).matrix
    let weights = [0.5, 0.5, 0, 0, 3, 3]
    let z: [Double] = Self.key.with(iteration: 2).normalVector(4)
    let product = jacobian * z
    let image = product.indices.map { i in
      let residual = outputs[i] - objective.targets[i]
      return product[i] * weights[i] * 3 * residual * residual
    }
    let back = jacobian.plainlyTransposed * image
    let expected = back.indices.map { back[$0] + 0.9 * z[$0] }
    let actual = try filled(4) { try system.applyNormal(z.span, into: &$0) }
    #expect(largestDifference(actual, expected) <= 1e-12)
  }

  @Test func restrictedKeepsTargetsAndWeightsOfItsSamples() throws {
    let whole = try EmpiricalRisk(
      model: Self.model(of: Double.self), loss: PowerLoss(), targets: [1, 2, 3, 4, 5, 6],
      weights: [0.5, 2, 3], ridge: 0.25)
    let part = try whole.restricted(to: [2, 0, 2])
    #expect(part.targets == [5, 6, 1, 2, 5, 6])
    #expect(part.weights == [3, 0.5, 3])
    #expect(part.ridge == 0.25)
    let point: [Double] = Self.key.with(iteration: 1).normalVector(4)
    let all = try whole.linearize(at: point.span)
    let chosen = try part.linearize(at: point.span)
    #expect(chosen.outputs == [4, 5, 0, 1, 4, 5].map { all.outputs[$0] })
    #expect(chosen.outputGradient == [4, 5, 0, 1, 4, 5].map { all.outputGradient[$0] })
    #expect(errorKind { try whole.restricted(to: [3]) } == .invalidArgument)
    #expect(errorKind { try whole.restricted(to: []) } == .invalidArgument)
  }

  @Test func batchesAverageToTheObjective() throws {
    let whole = try EmpiricalRisk(
      model: Self.model(of: Double.self), loss: PowerLoss(), targets: [1, 2, 3, 4, 5, 6],
      weights: [0.5, 2, 0], ridge: 0.25)
    #expect(whole.sampleCount == 3)
    let point: [Double] = Self.key.with(iteration: 1).normalVector(4)
    let values = try (0..<3).map { try whole.batch(of: [$0]).value(at: point.span) }
    let value = try whole.value(at: point.span)
    #expect(abs(values.reduce(0, +) / 3 - value) < 1e-14 * value)
    // A batch may have no weight at all.
    #expect(abs(values[2] - 0.125 * Double.dot(point.span, point.span)) < 1e-14)
    #expect(try abs(whole.batch(of: [2, 1, 0]).value(at: point.span) - value) < 1e-14 * value)
    #expect(errorKind { try whole.batch(of: [3]) } == .invalidArgument)
    #expect(errorKind { try whole.batch(of: []) } == .invalidArgument)
  }
}

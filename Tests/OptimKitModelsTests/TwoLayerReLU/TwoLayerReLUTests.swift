import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct TwoLayerReLUTests {
  // MARK: Contract

  @Test(arguments: scalarTypes, NetworkCase.all)
  func modelConforms(type: any RealScalar.Type, example: NetworkCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let network: TwoLayerReLU<Scalar> = try example.network()
      #expect(
        conformanceIssues(of: network, at: try example.weightsAwayFromKinks()) == [])
    }
    try check(type)
  }

  // MARK: Definition

  /// f(x) = (a · max(0, W x)) / √3 for x = (1, 0), (1, 2) and W x = (1, −1, 2), (−1, 1, 8).
  private func tinyNetwork<Scalar: RealScalar>(
    of type: Scalar.Type = Scalar.self
  ) throws -> (network: TwoLayerReLU<Scalar>, weights: [Scalar]) {
    let network = try TwoLayerReLU<Scalar>(
      features: Matrix(rowCount: 2, columnCount: 2, storage: [1, 0, 1, 2]),
      signs: Matrix(rowCount: 2, columnCount: 3, storage: [1, -1, 1, 1, 1, -1]))
    return (network, [1, -1, -1, 1, 2, 3])
  }

  @Test(arguments: scalarTypes)
  func outputsAndJacobianOfATinyNetwork(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let (network, weights) = try tinyNetwork(of: Scalar.self)
      var outputs = [Scalar](repeating: .nan, count: 4)
      var span = outputs.mutableSpan
      let jacobian = network.linearize(at: weights.span, outputs: &span)
      let root = Scalar(3).squareRoot()
      func expectScaled(_ actual: [Scalar], _ expected: [Scalar], by factor: Scalar) {
        #expect(
          distance(actual, expected.map { $0 / factor }) <= 32 * Scalar.unitRoundoff, "\(actual)")
      }
      expectScaled(outputs, [3, -1, 7, -7], by: root)

      let rows: [Scalar] = filled(24) { jacobian.copyRows(0..<4, into: &$0) }
      expectScaled(
        rows,
        [
          1, 0, 0, 0, 1, 0,  // sample 0, output 0: neurons 0 and 2
          1, 0, 0, 0, -1, 0,
          0, 0, -1, -2, 1, 2,  // sample 1, output 0: neurons 1 and 2
          0, 0, 1, 2, -1, -2,
        ], by: root)
      let gram: [Scalar] = filled(16) { jacobian.computeGram(into: &$0) }
      let lower = (0..<4).flatMap { i in (0...i).map { gram[i * 4 + $0] } }
      expectScaled(lower, [2, 0, 2, 1, -1, 10, -1, 1, -10, 10], by: 3)
    }
    try check(type)
  }

  @Test func biasIsALastFeatureOfOne() throws {
    let features = try Matrix(rowCount: 1, columnCount: 1, storage: [2.0])
    let signs = try Matrix(rowCount: 1, columnCount: 1, storage: [-1.0])
    let network = try TwoLayerReLU(features: features, signs: signs, hasBias: true)
    #expect(network.parameterCount == 2)
    // −max(0, 3 · 2 + 5).
    #expect(filled(1) { network.evaluate(at: [3, 5].span, into: &$0) } == [-11])
  }

  /// [wᵀx > 0] is 0 at 0.
  @Test func neuronsAtZeroAreInactive() throws {
    let (network, weights) = try tinyNetwork(of: Double.self)
    let zero = [Double](repeating: 0, count: 6)
    var outputs = [Double](repeating: .nan, count: 4)
    var span = outputs.mutableSpan
    let jacobian = network.linearize(at: zero.span, outputs: &span)
    #expect(outputs == [0, 0, 0, 0])
    #expect(try jacobian.product(weights) == [0, 0, 0, 0])
  }

  // MARK: Signs and weights

  @Test func signsAndWeightsComeFromTheSeed() throws {
    let features = try Matrix(
      rowCount: 1, columnCount: 10, storage: [Double](repeating: 1, count: 10))
    func network(_ seed: UInt64) throws -> TwoLayerReLU<Double> {
      try TwoLayerReLU(features: features, width: 400, outputsPerSample: 2, seed: seed)
    }
    let first = try network(1)
    #expect(try network(1).signs == first.signs)
    #expect(try network(2).signs != first.signs)
    #expect(first.signs.row(0) != first.signs.row(1))
    #expect(first.signs.storage.allSatisfy { abs($0) == 1 })
    #expect(abs(first.signs.storage.reduce(0, +)) <= 5 * 800.0.squareRoot())

    let weights = first.initialParameters(seed: 1)
    #expect(weights == first.initialParameters(seed: 1))
    #expect(weights != first.initialParameters(seed: 2))
    // 4000 standard normal values, to within five standard deviations.
    #expect(abs(weights.reduce(0, +)) <= 5 * 4000.0.squareRoot())
    #expect(abs(weights.reduce(0) { $0 + $1 * $1 } - 4000) <= 5 * 8000.0.squareRoot())
  }

  // MARK: Products in single precision

  /// Some roundoffs of `Float` relative to |J|ᵀ|u|, at any scale of u, and the same bits for any number of threads.
  @Test(arguments: NetworkCase.all, [1, 1e-200, 1e150])
  func transposedProductsInSinglePrecisionAreAsAccurate(example: NetworkCase, scale: Double) throws
  {
    let network: TwoLayerReLU<Double> = try example.network()
    let weights = try example.weightsAwayFromKinks() as [Double]
    var outputs = [Double](repeating: 0, count: network.outputCount)
    var span = outputs.mutableSpan
    let jacobian = network.linearize(at: weights.span, outputs: &span)
    let u = (0..<network.outputCount).map { scale * (Double($0 * 7919 % 23) - 11) / 11 }
    func product(threads: Int) -> [Double] {
      ThreadPool.withThreadCount(threads) {
        filled(network.parameterCount) {
          jacobian.applyTransposedInSinglePrecision(u.span, into: &$0)
        }
      }
    }
    let actual = product(threads: 1)
    for threads in [2, 3] { #expect(haveSameBits(product(threads: threads), actual)) }
    let rows: [Double] = filled(u.count * network.parameterCount) {
      jacobian.copyRows(0..<u.count, into: &$0)
    }
    let roundoff = Double(Float.unitRoundoff)
    for column in 0..<network.parameterCount {
      var expected = 0.0
      var magnitude = 0.0
      for row in u.indices {
        let term = rows[row * network.parameterCount + column] * u[row]
        expected += term
        magnitude += abs(term)
      }
      // Elements far below the largest may underflow in `Float`.
      let floor = 1e-30 * scale
      #expect(abs(actual[column] - expected) <= 8 * roundoff * magnitude + floor)
    }
  }

  @Test func featuresBeyondSinglePrecisionAreMultipliedInDouble() throws {
    let features = try Matrix(rowCount: 2, columnCount: 1, storage: [1e300, -1.0])
    let network = try TwoLayerReLU(features: features, width: 3)
    let jacobian: TwoLayerReLUJacobian<Double> = {
      var outputs = [0.0, 0]
      var span = outputs.mutableSpan
      return network.linearize(at: [1.0, 2, -1].span, outputs: &span)
    }()
    let expected: [Double] = filled(3) { jacobian.applyTransposed([1.0, 1].span, into: &$0) }
    let actual: [Double] = filled(3) {
      jacobian.applyTransposedInSinglePrecision([1.0, 1].span, into: &$0)
    }
    #expect(haveSameBits(actual, expected) && actual.allSatisfy(\.isFinite))
  }

  // MARK: Other samples

  @Test(arguments: scalarTypes, NetworkCase.all)
  func predictionsAreTheOutputs(type: any RealScalar.Type, example: NetworkCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let network: TwoLayerReLU<Scalar> = try example.network()
      let weights = network.initialParameters()
      let outputs: [Scalar] = filled(network.outputCount) {
        network.evaluate(at: weights.span, into: &$0)
      }
      let training = try network.predictions(for: example.inputs(), parameters: weights)
      #expect((training.rowCount, training.columnCount) == (example.samples, example.outputs))
      #expect(haveSameBits(training.storage, outputs))

      let inputs: Matrix<Scalar> = example.inputs(count: 9, number: 1)
      let predictions = try network.predictions(for: inputs, parameters: weights)
      let other = try TwoLayerReLU(
        features: inputs, signs: network.signs, hasBias: example.hasBias)
      let expected: [Scalar] = filled(other.outputCount) {
        other.evaluate(at: weights.span, into: &$0)
      }
      #expect(haveSameBits(predictions.storage, expected))
    }
    try check(type)
  }

  @Test(arguments: NetworkCase.all.filter { $0.samples > 2 })
  func restrictedIsTheSameFunctionOnItsSamples(example: NetworkCase) throws {
    let network: TwoLayerReLU<Double> = try example.network()
    let weights = network.initialParameters()
    let all = try network.predictions(for: example.inputs(), parameters: weights)
    let chosen = [example.samples - 1, 0, 2, 2]
    let part = try network.restricted(to: chosen)
    #expect(part.parameterCount == network.parameterCount)
    let outputs: [Double] = filled(part.outputCount) {
      part.evaluate(at: weights.span, into: &$0)
    }
    #expect(distance(outputs, all.selectingRows(chosen).storage) <= 1e-13)
    #expect(conformanceIssues(of: part, at: try example.weightsAwayFromKinks()) == [])
  }

  // MARK: Diagnostics of the theory

  @Test func flippedActivationsAreCounted() throws {
    let example = NetworkCase(samples: 9, features: 4, width: 70, outputs: 2)
    let network: TwoLayerReLU<Double> = try example.network()
    let weights = network.initialParameters()
    func jacobian(_ weights: [Double]) -> TwoLayerReLUJacobian<Double> {
      var outputs = [Double](repeating: 0, count: network.outputCount)
      var span = outputs.mutableSpan
      return network.linearize(at: weights.span, outputs: &span)
    }
    let start = jacobian(weights)
    #expect(start.flippedActivationCount(from: jacobian(weights)) == 0)
    // A negated neuron flips for every sample.
    var flipped = weights
    for neuron in [0, 63, 64, 69] {
      for index in neuron * 4..<neuron * 4 + 4 { flipped[index] *= -1 }
    }
    #expect(jacobian(flipped).flippedActivationCount(from: start) == 4 * 9)
  }

  /// Memory of bits is handed on from one linearization to the next, never shared between two in
  /// use.
  @Test func linearizationsInUseKeepTheirBits() throws {
    let network: TwoLayerReLU<Double> = try NetworkCase(samples: 5, features: 3, width: 66)
      .network()
    let direction = network.initialParameters(seed: 99)
    func product(_ seed: UInt64) throws -> (TwoLayerReLUJacobian<Double>, [Double]) {
      let weights = network.initialParameters(seed: seed)
      var outputs = [Double](repeating: 0, count: network.outputCount)
      var span = outputs.mutableSpan
      let jacobian = network.linearize(at: weights.span, outputs: &span)
      return (jacobian, try jacobian.product(direction))
    }
    for _ in 0..<3 {
      let inUse = try (0..<5).map { try product($0) }
      for (jacobian, expected) in inUse { #expect(try jacobian.product(direction) == expected) }
    }
  }

  @Test func largestMovementIsThatOfOneNeuron() throws {
    let (network, weights) = try tinyNetwork(of: Double.self)
    var moved = weights
    moved[2] += 3
    moved[3] -= 4
    moved[4] += 4.5
    #expect(abs(network.largestNeuronMovement(from: weights, to: moved) - 5) <= 1e-14)
    #expect(network.largestNeuronMovement(from: weights, to: weights) == 0)
  }
}

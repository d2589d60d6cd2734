import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Two-layer ReLU network in the span of its samples")
struct TwoLayerReLUInSpanTests {
  static let cases = [
    NetworkCase(samples: 7, features: 33, width: 130, outputs: 3),
    NetworkCase(samples: 12, features: 40, width: 100, hasBias: true),
    NetworkCase(samples: 1, features: 4, width: 5),
  ]

  @Test("outputs and Gram matrix are the same, and a step lifts to the same step", arguments: cases)
  func sameStep(example: NetworkCase) throws {
    let network: TwoLayerReLU<Double> = try example.network()
    try check(network, at: example.weightsAwayFromKinks())
  }

  @Test("samples need not be linearly independent")
  func dependentSamples() throws {
    let example = NetworkCase(samples: 6, features: 30, width: 90)
    let network: TwoLayerReLU<Double> = try example.network()
    try check(network.restricted(to: [0, 1, 1, 2, 3, 4, 5, 0]), at: example.weightsAwayFromKinks())
  }

  private func check(_ network: TwoLayerReLU<Double>, at weights: [Double]) throws {
    let span = try #require(try network.inSpanOfSamples(startingAt: weights))
    #expect(span.network.featureCount == network.sampleCount)
    #expect(distance(span.lift(span.initialParameters), weights) <= 1e-13 * norm(weights))

    let full = linearize(network, weights)
    let inside = linearize(span.network, span.initialParameters)
    #expect(distance(inside.outputs, full.outputs) <= 1e-13 * norm(full.outputs))
    let count = network.outputCount
    let (gram, insideGram) = (lowerGram(full.jacobian), lowerGram(inside.jacobian))
    #expect(distance(insideGram, gram) <= 1e-13 * norm(gram))

    // Steps of minimum norm are Jᵀu.
    let dual: [Double] = RandomKey(seed: 5, purpose: "dual vector").normalVector(count)
    let step = try full.jacobian.transposedProduct(dual)
    let insideStep = try inside.jacobian.transposedProduct(dual)
    let lifted = span.lift(zip(span.initialParameters, insideStep).map { $0 + $1 })
    let expected = zip(weights, step).map { $0 + $1 }
    #expect(distance(lifted, expected) <= 1e-13 * norm(expected))
    #expect(abs(norm(insideStep) - norm(step)) <= 1e-13 * norm(step))
  }

  private func lowerGram(_ jacobian: TwoLayerReLUJacobian<Double>) -> [Double] {
    let count = jacobian.rowCount
    let gram: [Double] = filled(count * count) { jacobian.computeGram(into: &$0) }
    return (0..<count).flatMap { gram[$0 * count..<$0 * count + $0 + 1] }
  }

  private func linearize(
    _ network: TwoLayerReLU<Double>, _ weights: [Double]
  ) -> (outputs: [Double], jacobian: TwoLayerReLUJacobian<Double>) {
    var outputs = [Double](repeating: 0, count: network.outputCount)
    var span = outputs.mutableSpan
    let jacobian = network.linearize(at: weights.span, outputs: &span)
    return (outputs, jacobian)
  }

  @Test("there is nothing to gain where features are no more than samples; weights are checked")
  func refusals() throws {
    let network: TwoLayerReLU<Double> = try NetworkCase(samples: 9, features: 9, width: 20)
      .network()
    let span = try network.inSpanOfSamples(startingAt: network.initialParameters())
    if span != nil { Issue.record("there is a span") }
    #expect(throws: OptimKitError.self) { try network.inSpanOfSamples(startingAt: [1]) }
  }
}

import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// Networks with so few neurons that work is shared out over samples, against the same networks on few samples.
@Suite struct NarrowNetworkTests {
  static let cases = [
    NetworkCase(samples: 800, features: 40, width: 20, outputs: 2),
    NetworkCase(samples: 2001, features: 3, width: 130, hasBias: true),
  ]

  @Test(arguments: scalarTypes, cases)
  func productsAreThoseOfTheParts(type: any RealScalar.Type, example: NetworkCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let network: TwoLayerReLU<Scalar> = try example.network()
      let weights = network.initialParameters()
      let key = RandomKey(seed: 5, purpose: "narrow networks")
      let v: [Scalar] = key.normalVector(network.parameterCount)
      let u: [Scalar] = key.with(iteration: 1).normalVector(network.outputCount)
      func results(of network: TwoLayerReLU<Scalar>, _ u: [Scalar]) throws -> [[Scalar]] {
        var outputs = Scalar.zeros(network.outputCount)
        var span = outputs.mutableSpan
        let jacobian = network.linearize(at: weights.span, outputs: &span)
        let transposed = try jacobian.transposedProduct(u)
        return [
          outputs, try jacobian.product(v), transposed,
          filled(network.outputCount) { jacobian.applyGram(u.span, into: &$0) },
          try jacobian.product(transposed),
        ]
      }
      let one = try ThreadPool.withThreadCount(1) { try results(of: network, u) }
      for threads in [2, 3] {
        let others = try ThreadPool.withThreadCount(threads) { try results(of: network, u) }
        #expect(others == one)
      }

      var outputs: [Scalar] = []
      var product: [Scalar] = []
      var transposed = Scalar.zeros(network.parameterCount)
      for first in stride(from: 0, to: example.samples, by: 100) {
        let samples = first..<min(example.samples, first + 100)
        let own = Array(
          u[samples.lowerBound * example.outputs..<samples.upperBound * example.outputs])
        let part = try results(of: network.restricted(to: Array(samples)), own)
        outputs += part[0]
        product += part[1]
        let share = part[2]
        var sum = transposed.mutableSpan
        Scalar.add(1, share.span, to: &sum)
      }
      let rounding = 500 * Scalar.unitRoundoff
      for (actual, expected) in zip(one, [outputs, product, transposed, one[4]]) {
        #expect(distance(actual, expected) <= rounding * norm(expected))
      }
    }
    try check(type)
  }
}

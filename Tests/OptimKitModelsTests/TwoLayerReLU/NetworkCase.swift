import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A shape of network, with random data of unit length.
struct NetworkCase: CustomTestStringConvertible, Sendable {
  var samples: Int
  var features: Int
  var width: Int
  var outputs = 1
  var hasBias = false

  var testDescription: String {
    "n \(samples), d \(features), m \(width), k \(outputs)\(hasBias ? ", bias" : "")"
  }

  /// Sizes on both sides of 64, one sample, one feature, more features than samples, and more
  /// residuals than parameters.
  static let all = [
    NetworkCase(samples: 65, features: 10, width: 100),
    NetworkCase(samples: 33, features: 5, width: 70, outputs: 3, hasBias: true),
    NetworkCase(samples: 7, features: 33, width: 130, outputs: 3),
    NetworkCase(samples: 1, features: 4, width: 5),
    NetworkCase(samples: 1, features: 3, width: 65, outputs: 3, hasBias: true),
    NetworkCase(samples: 5, features: 100, width: 63),
    NetworkCase(samples: 64, features: 1, width: 64, hasBias: true),
    NetworkCase(samples: 40, features: 3, width: 6, outputs: 3),
  ]

  private var key: RandomKey { RandomKey(seed: UInt64(samples + width), purpose: "network case") }

  func inputs<Scalar: RealScalar>(
    of type: Scalar.Type = Scalar.self, count: Int? = nil, number: Int = 0
  ) -> Matrix<Scalar> {
    var result: Matrix<Scalar> = key.with(iteration: number).normalMatrix(
      count ?? samples, features)
    for i in 0..<result.rowCount {
      let length = norm(Array(result.row(i)))
      for j in 0..<features { result[i, j] /= length }
    }
    return result
  }

  func network<Scalar: RealScalar>(
    of type: Scalar.Type = Scalar.self
  ) throws -> TwoLayerReLU<Scalar> {
    try TwoLayerReLU(
      features: inputs(), width: width, outputsPerSample: outputs, hasBias: hasBias, seed: 3)
  }

  /// Weights whose dot products with all samples are at least 0.03 in magnitude, so that a step of
  /// the size that differences take crosses no kink.
  func weightsAwayFromKinks<Scalar: RealScalar>(
    of type: Scalar.Type = Scalar.self
  ) throws -> [Scalar] {
    let inputs: Matrix<Scalar> = inputs()
    var stream = key.with(purpose: "weights away from kinks").stream()
    return (0..<width).flatMap { _ in
      while true {
        let weights: [Scalar] = (0..<features + (hasBias ? 1 : 0)).map { _ in stream.normal() }
        let isAway = (0..<samples).allSatisfy { sample in
          let dot = zip(weights, inputs.row(sample)).reduce(0) { $0 + $1.0 * $1.1 }
          return abs(dot + (hasBias ? weights[features] : 0)) >= 0.03
        }
        if isAway { return weights }
      }
    }
  }
}

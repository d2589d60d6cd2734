import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A shape of network, with random features.
struct PerceptronCase: CustomTestStringConvertible, Sendable {
  var samples: Int
  var features: Int
  var widths: [Int]
  var outputs = 1
  var activations: [Activation]

  var testDescription: String {
    "n \(samples), d \(features), \(widths), k \(outputs), \(activations)"
  }

  /// Every activation, depths from none to three hidden layers, one sample, several outputs, and rows on both sides
  /// of blocks of 8.
  static let smooth = [
    PerceptronCase(samples: 17, features: 3, widths: [5], activations: [.tanh]),
    PerceptronCase(
      samples: 9, features: 2, widths: [4, 6], outputs: 3, activations: [.gelu, .tanh]),
    PerceptronCase(
      samples: 8, features: 4, widths: [3, 5, 4], outputs: 2,
      activations: [.sine(frequency: 2), .tanh, .gelu]),
    PerceptronCase(samples: 1, features: 1, widths: [1], activations: [.sine(frequency: 3)]),
    PerceptronCase(samples: 12, features: 3, widths: [], outputs: 2, activations: []),
    // Several pieces of neurons, and of the Gram matrix.
    PerceptronCase(samples: 300, features: 2, widths: [70], activations: [.tanh]),
  ]

  private var key: RandomKey { RandomKey(seed: UInt64(samples), purpose: "perceptron case") }

  func matrix<Scalar: RealScalar>(_: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
    key.normalMatrix(samples, features)
  }

  func architecture() throws -> NetworkArchitecture {
    try NetworkArchitecture(
      inputCount: features, hiddenWidths: widths, outputCount: outputs, activations: activations)
  }

  func model<Scalar: RealScalar>(
    _: Scalar.Type = Scalar.self
  ) throws -> MultilayerPerceptron<Scalar> {
    try MultilayerPerceptron(features: matrix(), architecture: architecture())
  }

  /// Parameters of moderate size, biases among them.
  func point<Scalar: RealScalar>(_: Scalar.Type = Scalar.self) throws -> [Scalar] {
    let vector: [Scalar] = key.with(iteration: 1).normalVector(try architecture().parameterCount)
    return vector.map { $0 / 2 }
  }
}

import ExampleSupport
import OptimKit
import OptimKitModels

/// Handwritten digits by parity, +1 for even and −1 for odd, divided into samples to train on and others.
struct ParityTask {
  /// Rows of unit length and targets.
  struct Part {
    let features: Matrix<Double>
    let targets: [Double]

    fileprivate init(_ samples: [Int], _ digits: Digits) throws {
      var features: Matrix<Double> = try digits.features(of: samples)
      features.scaleRowsToUnitLength()
      self.features = features
      targets = samples.map { digits.digit($0).isMultiple(of: 2) ? 1 : -1 }
    }
  }

  /// How good predictions are.
  struct Score {
    /// The root of the mean squared difference from the targets.
    let rootMeanSquare: Double
    /// The share of wrong signs.
    let errorRate: Double
  }

  let training: Part
  let other: Part
  let objective: LeastSquares<TwoLayerReLU<Double>>
  let start: [Double]

  /// Divides the digits, and makes a network of `width` neurons; all drawn from the seed.
  ///
  /// - Parameters:
  ///   - trainingCount: Samples to train on.
  ///   - candidates: Numbers of the samples to divide; all by default.
  init(
    _ digits: Digits, trainingCount: Int, candidates: [Int]? = nil, width: Int, seed: UInt64
  ) throws {
    var order = candidates ?? Array(0..<digits.count)
    var stream = RandomKey(seed: seed, purpose: .split).stream()
    stream.shuffle(&order)
    training = try Part(Array(order[..<trainingCount]), digits)
    other = try Part(Array(order[trainingCount...]), digits)
    let network = try TwoLayerReLU(features: training.features, width: width, seed: seed)
    objective = try LeastSquares(network, targets: training.targets)
    start = network.initialParameters(seed: seed)
  }

  /// The score of trained weights on the samples that were not trained on.
  func score(_ parameters: [Double]) throws -> Score {
    let outputs = try objective.model.predictions(for: other.features, parameters: parameters)
    let pairs = zip(outputs.storage, other.targets)
    let count = Double(other.targets.count)
    return Score(
      rootMeanSquare: (pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count).squareRoot(),
      errorRate: Double(pairs.count { ($0 > 0) != ($1 > 0) }) / count)
  }
}

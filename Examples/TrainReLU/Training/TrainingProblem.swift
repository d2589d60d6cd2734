import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

/// Data, a network for them, and what training is asked for: all that does not depend on the solver.
struct TrainingProblem<Scalar: RealScalar> {
  let data: DataSet<Scalar>
  let start: NetworkStart<Scalar>
  let options: Options

  /// Reads or makes the data, and checks everything that can be checked before training.
  init(_ options: Options) throws {
    data = try DataSet(options)
    start = try NetworkStart(
      options, dimension: data.training.features.columnCount,
      outputs: data.training.targets.columnCount)
    self.options = options
    try Ranks.requireAlone(options.compare, "compare")
    try requireMemory()
    try requireWidth()
  }

  /// Ranks share out neurons; where those have fewer weights than there are outputs, samples would have to be shared out.
  private func requireWidth() throws {
    guard Ranks.count > 1 else { return }
    let (weights, outputs) = (sizes.width * sizes.features, sizes.samples * sizes.outputs)
    guard weights < outputs else { return }
    throw OptimKitError(
      .invalidArgument,
      cause:
        "\(Ranks.count) ranks share out the neurons of a network, whose \(weights) weights are fewer than "
        + "the \(outputs) outputs of its samples",
      remedy: "give a larger --width, or train on one process")
  }

  /// The numbers of samples, features, neurons and outputs.
  var sizes: (samples: Int, features: Int, width: Int, outputs: Int) {
    (
      data.training.features.rowCount, data.training.features.columnCount, start.width,
      data.training.targets.columnCount
    )
  }

  /// The network on its training samples, at the point where training starts; of several ranks, each has some neurons.
  func makeNetwork() throws -> (network: TwoLayerReLU<Scalar>, weights: [Scalar]) {
    let features = data.training.features
    let seed = UInt64(options.seed)
    let network =
      if let signs = start.signs {
        try TwoLayerReLU(features: features, signs: signs)
      } else {
        try TwoLayerReLU(
          features: features, width: start.width, outputsPerSample: sizes.outputs, seed: seed)
      }
    guard let reduction = Ranks.reduction else {
      return (network, start.weights ?? network.initialParameters(seed: seed))
    }
    try network.requireSameSamples(on: reduction)
    let part = try reduction.together {
      try network.part(ofNeurons: Sharding.evenRange(of: start.width, reduction))
    }
    let elements =
      part.neurons.lowerBound * sizes.features..<part.neurons.upperBound * sizes.features
    return (part, start.weights.map { Array($0[elements]) } ?? part.initialParameters(seed: seed))
  }

  /// Writes weights as an m × d array; ranks one after the other.
  func save(_ weights: [Scalar], to file: OutputFile) throws {
    let shape = [sizes.width, sizes.features]
    let storage: NumPyArray.Storage =
      if let values = weights as? [Float] {
        .float32(values)
      } else {
        .float64(weights.map { Double($0) })
      }
    guard let reduction = Ranks.reduction else {
      return try NumPyArray(shape: shape, storage: storage).write(to: file.url)
    }
    try NumPyArray.writeRows(storage, shape: shape, to: file.url, reduction: reduction)
  }

  private func requireMemory() throws {
    // Each rank has some of the neurons.
    let width = (Double(sizes.width) / Double(Ranks.count)).rounded(.up)
    let (n, d, m, k) = (
      Double(sizes.samples), Double(sizes.features), width, Double(sizes.outputs)
    )
    let short = min(n * k, m * d)
    let solvers =
      options.compare ? SolverChoice.allCases.filter(\.isCompared) : [options.chosenSolver]
    let squares = solvers.map(\.squaresHeld).max() ?? 0
    let weights = 6 + (solvers.map(\.weightsHeld).max() ?? 0)
    // Weights, their start, the step, gradient and trial point; bits and signs; XXᵀ and the solver's.
    let scalars =
      weights * m * d + 2 * n * d + 2 * k * m + (squares > 0 ? n * n : 0)
      + squares * short * short
    try MemoryBudget.require(
      bytes: scalars * Double(MemoryLayout<Scalar>.stride) + n * m / 8,
      for: "training \(sizes.width) neurons on \(sizes.samples) samples with "
        + (options.compare ? "every solver" : "--solver \(solvers[0].rawValue)"),
      remedy: "give a smaller --width or fewer samples"
        + (squares > 3 ? ", or another --solver" : ""))
  }
}

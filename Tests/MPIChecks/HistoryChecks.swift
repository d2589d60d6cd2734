import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting

/// Runs whose losses have to be the same for every number of ranks to 1e-10, and the same bits each time.
struct HistoryChecks {
  let reduction: any Reduction

  init(_ reduction: any Reduction) { self.reduction = reduction }

  private static let sampleOptimizers: [any Optimizer] = [
    .newton(solver: .exact), .newton(solver: .automatic), .newton(solver: .conjugateGradient()),
    .newton(solver: .sketchedCG(.sparseSign())), .newton(solver: .sketchedCG(.srht)),
    .newton(solver: .preconditionedCG(.nystrom())), .levenbergMarquardt(solver: .exact), .lbfgs(),
    .nesterov(), .stochasticGradientDescent(step: 0.1, batchSize: 10),
  ]

  private static let neuronOptimizers: [any Optimizer] = [
    .gaussNewton(solver: .exact, damping: 1e-6), .gaussNewton(solver: .automatic, damping: 1e-6),
    .gaussNewton(solver: .conjugateGradient()), .gaussNewton(solver: .sketchedCG(.sparseSign())),
    .gaussNewton(solver: .sketchedCG(.srht)), .gaussNewton(solver: .sketchedCG(.tensorSketch)),
    .gaussNewton(solver: .sketchedCG(.neuronSampling())),
    .levenbergMarquardt(solver: .exact), .lbfgs(),
    .stochasticGradientDescent(step: 2, batchSize: 5, momentum: 0.9),
  ]

  func run(file: String) throws {
    var histories: [String: [Double]] = [:]
    let runs =
      ShardedCase.sampled.flatMap { problem in Self.sampleOptimizers.map { (problem, $0) } }
      + ShardedCase.neuronal.flatMap { problem in Self.neuronOptimizers.map { (problem, $0) } }
    for (problem, optimizer) in runs {
      let name = "\(problem.rawValue), \(optimizer.name) \(optimizer.details)"
      // Steps at the rounding of the loss are no longer those of the problem.
      let outcome = try problem.run(optimizer, reduction, iterations: 6)
      let again = try problem.run(optimizer, reduction, iterations: 6)
      try require(
        outcome.losses == again.losses && outcome.parameters == again.parameters,
        "\(name): another run comes to other bits")
      try reduction.requireSame("\(outcome.losses)", "the history of \(name)")
      try checkBytes(outcome, of: problem, name)
      histories[name] = outcome.losses
    }
    let url = URL(filePath: file)
    if reduction.rankCount == 1 {
      try JSONEncoder().encode(histories).write(to: url)
    } else {
      let reference = try JSONDecoder().decode(
        [String: [Double]].self, from: Data(contentsOf: url))
      for (name, losses) in histories { try compare(losses, reference[name] ?? [], name) }
    }
    if reduction.rank == 0 {
      print("\(reduction.rankCount) ranks: \(histories.count) histories of two runs each agree")
    }
  }

  private func compare(_ losses: [Double], _ reference: [Double], _ name: String) throws {
    try require(losses.count == reference.count, "\(name): \(losses) for \(reference)")
    for (loss, expected) in zip(losses, reference) {
      try require(
        abs(loss - expected) <= 1e-10 * expected + 1e-15 * reference[0],
        "\(name): \(loss) for \(expected)")
    }
  }

  /// A product brings as many elements as the short side has, and one that tells of cancellation.
  private func checkBytes(_ outcome: ShardedOutcome, of problem: ShardedCase, _ name: String) throws
  {
    let short =
      switch problem {
      case .logistic: 7
      case .softmax: 18
      case .network, .ridgedNetwork: 42
      }
    guard let products = outcome.communication?.counts[.products] else { return }
    try require(
      products.bytes == products.sums * 8 * (short + 1),
      "\(name): \(products.bytes) bytes in \(products.sums) products of \(short) elements")
  }
}

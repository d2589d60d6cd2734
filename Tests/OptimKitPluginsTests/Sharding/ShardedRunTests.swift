import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Runs whose samples or parameters are held in parts, by ranks that are threads.
@Suite struct ShardedRunTests {
  static let samplesOptimizers: [any Optimizer] = [
    .newton(solver: .exact), .newton(solver: .automatic), .newton(solver: .conjugateGradient()),
    .newton(solver: .sketchedCG(.sparseSign())), .newton(solver: .sketchedCG(.srht)),
    .newton(solver: .sketchedCG(.gaussian)), .newton(solver: .sketchedCG(.countSketch)),
    .newton(solver: .preconditionedCG(.nystrom())), .newton(solver: .preconditionedCG(.diagonal)),
    .newton(solver: .preconditionedCG(.blockJacobi(blockSize: 3))),
    .levenbergMarquardt(solver: .exact), .lbfgs(), .gradientDescent(), .nesterov(),
    .stochasticGradientDescent(step: 0.1, batchSize: 10),
    .adam(step: 0.05, batchSize: 7), .svrg(step: 0.1, batchSize: 10),
  ]

  static let parameterOptimizers: [any Optimizer] = [
    .gaussNewton(solver: .exact, damping: 1e-6), .gaussNewton(solver: .automatic, damping: 1e-6),
    .gaussNewton(solver: .conjugateGradient()),
    .gaussNewton(solver: .sketchedCG(.sparseSign())), .gaussNewton(solver: .sketchedCG(.srht)),
    .gaussNewton(solver: .sketchedCG(.tensorSketch)),
    .gaussNewton(solver: .sketchedCG(.neuronSampling())),
    .gaussNewton(solver: .preconditionedCG(.pivotedCholesky(maximumRank: 42)), damping: 1e-2),
    .gaussNewton(solver: .exact, damping: 1e-3, stepControl: .backtracking),
    .levenbergMarquardt(solver: .exact), .lbfgs(), .gradientDescent(), .nesterov(),
    .stochasticGradientDescent(step: 2, batchSize: 5, momentum: 0.9),
    .adam(step: 0.05, batchSize: 5),
  ]

  @Test(arguments: ShardedCase.sampled, samplesOptimizers.indices)
  func samplesInPartsGiveTheSameHistory(_ problem: ShardedCase, optimizer: Int) throws {
    try check(problem, Self.samplesOptimizers[optimizer])
  }

  @Test(arguments: ShardedCase.neuronal, parameterOptimizers.indices)
  func parametersInPartsGiveTheSameHistory(_ problem: ShardedCase, optimizer: Int) throws {
    try check(problem, Self.parameterOptimizers[optimizer])
  }

  private func check(_ problem: ShardedCase, _ optimizer: some Optimizer) throws {
    let reference = try RankGroup.run(ranks: 1) {
      try problem.run(optimizer, $0, iterations: 6)
    }[0]
    #expect(reference.losses.count > 1)
    #expect(reference.losses.last! < reference.losses[0])
    for ranks in 2...4 {
      // Steps at the rounding of the loss are no longer those of the problem.
      let outcomes = try RankGroup.run(ranks: ranks) {
        try problem.run(optimizer, $0, iterations: 6)
      }
      let again = try RankGroup.run(ranks: ranks) {
        try problem.run(optimizer, $0, iterations: 6)
      }
      for (outcome, repeated) in zip(outcomes, again) {
        // All ranks see the same bits, and the same bits each time.
        #expect(outcome.losses == outcomes[0].losses)
        #expect(repeated.losses == outcome.losses && repeated.parameters == outcome.parameters)
      }
      #expect(outcomes[0].losses.count == reference.losses.count)
      for (loss, expected) in zip(outcomes[0].losses, reference.losses) {
        // Losses near zero are those of residuals that are differences of larger numbers.
        #expect(abs(loss - expected) <= 1e-10 * expected + 1e-15 * reference.losses[0])
      }
      let parameters =
        problem.side == .samples ? outcomes[0].parameters : outcomes.flatMap(\.parameters)
      #expect(distance(parameters, reference.parameters) <= 1e-6 * norm(reference.parameters))
    }
  }

  /// One rank is the problem as it always was: histories agree with a run that knows of no ranks.
  @Test func oneRankIsTheWholeProblem() throws {
    let network: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 30, features: 5, width: 200)
    let start = network.model.initialParameters(seed: 3)
    let whole = try minimize(
      network, from: start, using: .gaussNewton(solver: .sketchedCG(.srht)),
      until: [.iterations(4)])
    let sharded = try RankGroup.run(ranks: 3) { reduction in
      let sharding = try network.model.shardedByNeurons(reduction)
      let part = try network.model.part(ofNeurons: sharding.range)
      return try minimize(
        LeastSquares(ShardedModel(part, sharding), targets: network.targets),
        from: part.initialParameters(seed: 3), using: .gaussNewton(solver: .sketchedCG(.srht)),
        until: [.iterations(4)]
      ).summary.history.map(\.loss)
    }
    for (a, b) in zip(sharded[0], whole.summary.history.map(\.loss)) {
      #expect(abs(a - b) <= 1e-10 * b + 1e-15 * whole.summary.initialLoss)
    }
  }

  /// What travels is as long as the short side and one number that tells of cancellation; a normal matrix is a triangle.
  @Test func onlyTheShortSideTravels() throws {
    let samples = try RankGroup.run(ranks: 3) {
      try ShardedCase.logistic.run(.newton(solver: .exact), $0)
    }[0].communication!
    #expect(samples.side == .samples && samples.rankCount == 3)
    let (products, gram) = (samples.counts[.products]!, samples.counts[.gram]!)
    #expect(products.bytes == products.sums * 8 * (7 + 1))
    #expect(gram.bytes == gram.sums * 8 * (7 * 8 / 2 + 1))

    let parameters = try RankGroup.run(ranks: 3) {
      try ShardedCase.network.run(.gaussNewton(solver: .conjugateGradient()), $0)
    }[0].communication!
    let other = parameters.counts[.products]!
    #expect(other.sums > 10 && other.bytes == other.sums * 8 * (42 + 1))
    #expect(parameters.counts[.model]!.bytes == parameters.counts[.model]!.sums * 8 * 42)
  }

  /// More ranks than samples: some hold none.
  @Test func aRankMayHoldNoSample() throws {
    @Sendable func run(_ reduction: any Reduction) throws -> [Double] {
      let sharding = try Sharding(.samples, of: 3, reduction: reduction)
      let all: [Double] = [1, 2, 0.5, -1, 2, 0.3]
      let rows = sharding.range.isEmpty ? 0..<1 : sharding.range
      let part = try LinearModel(
        features: Matrix(
          rowCount: rows.count, columnCount: 2,
          storage: Array(all[rows.lowerBound * 2..<rows.upperBound * 2])), hasIntercept: false)
      let objective = try LeastSquares(
        ShardedModel(part, sharding), targets: rows.map { Double($0 + 1) })
      let optimizers: [any Optimizer] = [
        .newton(solver: .exact), .newton(solver: .sketchedCG(.sparseSign())),
        .stochasticGradientDescent(step: 0.1, batchSize: 2),
      ]
      return try optimizers.flatMap {
        try minimize(objective, from: [0, 0], using: $0, until: [.iterations(3)]).parameters
      }
    }
    let whole = try RankGroup.run(ranks: 1) { try run($0) }[0]
    for ranks in [4, 5] {
      for parameters in try RankGroup.run(ranks: ranks, { try run($0) }) {
        #expect(distance(parameters, whole) <= 1e-12)
      }
    }
  }

  /// A run that one rank is asked to end ends on all of them, at the same iteration.
  @Test func cancellationIsAgreedOn() throws {
    let outcomes = try RankGroup.run(ranks: 3) { reduction in
      let token = CancellationToken()
      let whole: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
        samples: 20, features: 5, width: 90)
      let sharding = try whole.model.shardedByNeurons(reduction)
      let part = try whole.model.part(ofNeurons: sharding.range)
      let run = try Run(
        minimizing: LeastSquares(ShardedModel(part, sharding), targets: whole.targets),
        from: part.initialParameters(seed: 1), using: .lbfgs(), until: [.iterations(50)],
        cancellation: token)
      while let iteration = try run.advance() {
        if iteration.iteration == 5, reduction.rank == 1 { token.cancel() }
      }
      let result = run.finish()
      return (result.reason.status, result.summary.history.map(\.loss))
    }
    for (status, losses) in outcomes {
      #expect(status == .cancelled && losses == outcomes[0].1)
      #expect((5...7).contains(losses.count - 1))
    }
  }

  /// A model that fails on one rank ends the run on all of them.
  @Test func aRankThatFailsEndsTheRun() throws {
    let results = RankGroup.results(ranks: 3) { reduction in
      let sharding = try Sharding(.samples, of: 9, reduction: reduction)
      let part = SampleModel(samples: Array(sharding.range), parameterCount: 2) { sample, x in
        if sample == 4, x[0].value != 0 {
          throw OptimKitError(.modelFailure, cause: "sample 4 has no value", remedy: "leave it out")
        }
        return x[0] * Double(sample) + x[1]
      }
      return try minimize(
        LeastSquares(ShardedModel(part, sharding), targets: sharding.range.map { Double($0) + 1 }),
        from: [0, 0], using: .newton(solver: .exact), until: [.iterations(5)]
      ).reason
    }
    for result in results {
      let reason = try? result.get()
      #expect(reason?.error?.description.contains("sample 4") == true)
    }
  }

  @Test func ranksThatDifferAreRefusedOnAll() throws {
    func errors(_ body: @escaping @Sendable (any Reduction) throws -> Void) -> [String] {
      RankGroup.results(ranks: 3, body).map { result in
        do {
          try result.get()
          return ""
        } catch {
          return "\(error)"
        }
      }
    }
    let seeds = errors {
      _ = try ShardedCase.network.run(.lbfgs(), $0, seed: $0.rank == 1 ? 1 : 0)
    }
    #expect(seeds.allSatisfy { $0.contains("the seed of rank 1 is not that of rank 0") })
    let optimizers = errors {
      _ = try ShardedCase.network.run(.lbfgs(memory: $0.rank == 2 ? 3 : 5), $0)
    }
    #expect(optimizers.allSatisfy { $0.contains("the optimizer of rank 2 is not that of rank 0") })
    let gaps = errors {
      _ = try Sharding(.samples, range: $0.rank * 4..<$0.rank * 4 + 3, of: 11, reduction: $0)
    }
    #expect(gaps.allSatisfy { $0.contains("leave out or repeat samples from 3 on") })
    let unsupported = errors { _ = try ShardedCase.logistic.run(.levenbergMarquardt(), $0) }
    #expect(unsupported.allSatisfy { $0.contains("held in parts") })
    let solver = errors { _ = try ShardedCase.logistic.run(.newton(solver: .lsqr()), $0) }
    #expect(solver.allSatisfy { $0.contains("held in parts") })
  }
}

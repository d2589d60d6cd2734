import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Checkpoints of runs whose parameters ranks hold in parts.
@Suite struct ShardedCheckpointTests {
  private static func run(
    _ reduction: any Reduction, in folder: URL, iterations: Int, optimizer: some Optimizer
  ) throws -> (losses: [Double], parameters: [Double], resumedAt: Int?) {
    let whole: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 20, features: 5, width: 95)
    let sharding = try whole.model.shardedByNeurons(reduction)
    let part = try whole.model.part(ofNeurons: sharding.range)
    let objective = try LeastSquares(ShardedModel(part, sharding), targets: whole.targets)
    let file = try ShardedCheckpointFile(folder.appending(path: "run"), sharding)
    let policy = CheckpointPolicy(to: file, iterations: 2)
    let stopping: [StoppingCriterion] = [.iterations(iterations)]
    let result =
      if let checkpoint = try file.load() {
        try minimize(
          objective, resuming: checkpoint, using: optimizer, until: stopping, checkpoints: policy)
      } else {
        try minimize(
          objective, from: part.initialParameters(seed: 4), using: optimizer, until: stopping,
          checkpoints: policy)
      }
    return (
      result.summary.history.map(\.loss), result.parameters, result.summary.resumedAt
    )
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  static let optimizers: [any Optimizer] = [
    .lbfgs(), .gaussNewton(solver: .sketchedCG(.sparseSign()), damping: 1e-2),
    .stochasticGradientDescent(step: 1, batchSize: 7, momentum: 0.9),
  ]

  /// The same number of ranks goes on to the same bits, another to the same history.
  @Test(arguments: optimizers.indices)
  func anyNumberOfRanksGoesOn(_ optimizer: Int) throws {
    let optimizer = Self.optimizers[optimizer]
    try withFolder { folder in
      let other = folder.appending(path: "whole")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      let whole = try RankGroup.run(ranks: 3) {
        try Self.run($0, in: other, iterations: 8, optimizer: optimizer)
      }
      for ranks in [3, 1, 2, 4] {
        let place = folder.appending(path: "\(ranks)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        _ = try RankGroup.run(ranks: 3) {
          try Self.run($0, in: place, iterations: 4, optimizer: optimizer)
        }
        let resumed = try RankGroup.run(ranks: ranks) {
          try Self.run($0, in: place, iterations: 8, optimizer: optimizer)
        }
        #expect(resumed.allSatisfy { $0.resumedAt == 4 })
        if ranks == 3 {
          #expect(resumed.map(\.losses) == whole.map(\.losses))
          #expect(resumed.map(\.parameters) == whole.map(\.parameters))
        }
        let parameters = resumed.flatMap(\.parameters)
        let expected = whole.flatMap(\.parameters)
        #expect(distance(parameters, expected) <= 1e-8 * norm(expected))
      }
    }
  }

  /// Parts that are absent, or of another checkpoint, are one error on all ranks.
  @Test func aManifestDoesNotTakeOtherParts() throws {
    try withFolder { folder in
      func parts() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
          .filter { $0 != "run" }.sorted()
      }
      func errors(ranks: Int) -> [String] {
        RankGroup.results(ranks: ranks) {
          try Self.run($0, in: folder, iterations: 8, optimizer: LBFGS())
        }.map { result in
          do {
            _ = try result.get()
            return ""
          } catch {
            return "\(error)"
          }
        }
      }
      _ = try RankGroup.run(ranks: 2) {
        try Self.run($0, in: folder, iterations: 4, optimizer: LBFGS())
      }
      // Of older checkpoints nothing is left.
      let names = try parts()
      #expect(names.count == 2)
      let first = folder.appending(path: names[0])
      let second = folder.appending(path: names[1])
      let content = try Data(contentsOf: first)
      try Data(contentsOf: second).write(to: first)
      #expect(errors(ranks: 2).allSatisfy { $0.contains("is not the part that") })
      try content.write(to: first)
      try FileManager.default.removeItem(at: second)
      #expect(errors(ranks: 3).allSatisfy { $0.contains("cannot be read") })
    }
  }
}

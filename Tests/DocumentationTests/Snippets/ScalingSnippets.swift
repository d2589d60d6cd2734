import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// docs/scaling.md.
@Suite("The snippets of the guide to several ranks run")
struct ScalingSnippets {
  @Test func neurons() throws {
    let features = RandomKey(seed: 1, purpose: "features").normalMatrix(12, 4, of: Double.self)
    let targets = RandomKey(seed: 1, purpose: "targets").normalVector(12, of: Double.self)
    let reports = try RankGroup.run(ranks: 2) { reduction in
      // snippet
      let network = try TwoLayerReLU(features: features, width: 1024, seed: 1)
      let sharding = try network.shardedByNeurons(reduction)
      let part = try network.part(ofNeurons: sharding.range)
      let objective = try LeastSquares(ShardedModel(part, sharding), targets: targets)
      let result = try minimize(
        objective, from: part.initialParameters(seed: 1), using: .gaussNewton(solver: .exact))
      // end of snippet
      return result.isConverged
    }
    #expect(reports == [true, true])
  }

  @Test func samples() throws {
    let (rows, columns) = (40, 3)
    let values = RandomKey(seed: 2, purpose: "rows").normalVector(rows * columns, of: Double.self)
    @Sendable func features(_ range: Range<Int>) throws -> Matrix<Double> {
      try Matrix(
        rowCount: range.count, columnCount: columns,
        storage: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
    }
    @Sendable func labels(_ range: Range<Int>) -> [Double] {
      range.map { values[$0 * columns] > 0.2 ? 1 : 0 }
    }
    let reports = try RankGroup.run(ranks: 3) { reduction in
      // snippet
      let sharding = try Sharding(.samples, of: 40, reduction: reduction)
      let model = try LinearModel(features: features(sharding.range))
      let objective = try EmpiricalRisk(
        model: ShardedModel(model, sharding), loss: LogisticLoss(),
        targets: labels(sharding.range), ridge: 1)
      let result = try minimize(
        objective, from: model.initialParameters, using: .newton(solver: .exact),
        until: [.relativeGradientNorm(1e-8), .iterations(50)])
      // end of snippet
      return result.isConverged
    }
    #expect(reports == [true, true, true])
  }
}

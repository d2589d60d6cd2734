import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// docs/statistics.md.
@Suite("The snippets of the guide to statistics run")
struct StatisticsSnippets {
  private let matrix = RandomKey(seed: 1, purpose: "features").normalMatrix(40, 3, of: Double.self)

  // The guide aligns its comments.
  // swift-format-ignore
  @Test func statistics() throws {
    let model = try LinearModel(features: matrix, hasIntercept: false)
    let modelOnNewPoints = model
    let targets = RandomKey(seed: 2, purpose: "targets").normalVector(40, of: Double.self)
    let objective = try LeastSquares(model, targets: targets)
    let result = try minimize(
      objective, from: model.initialParameters, using: .gaussNewton(solver: .exact),
      until: [.gradientNorm(1e-8)])
    // snippet
    let statistics = try LeastSquaresStatistics(of: objective, at: result.parameters, names: ["a", "b", "c"])
    print(statistics)                                          // table, s, R², AIC, AICc, BIC
    let bands = try statistics.bands(of: modelOnNewPoints)     // confidence and prediction, 95 %
    // end of snippet
    #expect(bands.count == 40)
  }
}

import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// README.md.
@Suite("The snippets of the readme run")
struct ReadmeSnippets {
  // The readme has longer lines than sources.
  // swift-format-ignore
  @Test func training() throws {
    // snippet
    let features = try Matrix<Double>(rowCount: 4, columnCount: 2, storage: [1, 0, 0, 1, 0.6, 0.8, -0.8, 0.6])
    let network = try TwoLayerReLU(features: features, width: 1024, seed: 1)
    let objective = try LeastSquares(network, targets: [1, -1, 0.5, 0])

    let result = try minimize(
      objective, from: network.initialParameters(seed: 1),
      using: .gaussNewton(solver: .sketchedCG(.sparseSign())),
      until: [.relativeLoss(1e-10), .iterations(50)])

    print(result.summary)
    let outputs = try network.predictions(for: features, parameters: result.parameters)
    // end of snippet
    #expect(result.isConverged)
    for (output, target) in zip(outputs.storage, [1, -1, 0.5, 0]) {
      #expect(abs(output - target) < 1e-4)
    }
  }
}

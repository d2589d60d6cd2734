import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// The article FirstFit of the catalogue of OptimKit, and its landing page.
@Suite("The snippets of the first fit run")
struct FirstFitSnippets {
  @Test func puromycin() throws {
    // snippet
    // Concentrations of a substrate in parts per million, and the speed of the reaction in counts per minute².
    let concentrations = [
      0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10,
    ]
    let speeds = [76.0, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200]
    // end of snippet

    // snippet
    // b[0] is the speed at saturation, b[1] the concentration where half of it is reached.
    let kinetics = SampleModel(samples: concentrations, parameterCount: 2) { c, b in
      b[0] * c / (b[1] + c)
    }
    // end of snippet

    // snippet
    let objective = try LeastSquares(kinetics, targets: speeds)
    let result = try minimize(objective, from: [200, 0.1], using: .levenbergMarquardt())
    print(result.parameters)  // 212.68 and 0.0641
    // end of snippet
    // Bates and Watts, Nonlinear Regression Analysis, 1988, and R's help page of the data.
    #expect(abs(result.parameters[0] - 212.684) < 1e-3)
    #expect(abs(result.parameters[1] - 0.0641213) < 1e-6)

    // snippet
    guard result.isConverged else {
      print(result.reason, result.summary.advice)
      return
    }
    print(result.summary)
    // end of snippet

    // snippet
    let statistics = try LeastSquaresStatistics(
      of: objective, at: result.parameters, names: ["speed at saturation", "half saturation"])
    print(statistics)
    // end of snippet
    #expect(abs(statistics.estimates.standardErrors[0] - 6.947) < 1e-3)
    #expect(abs(statistics.estimates.standardErrors[1] - 0.008281) < 1e-6)

    // snippet
    let grid = SampleModel(samples: [0.05, 0.4, 2], parameterCount: 2) { c, b in
      b[0] * c / (b[1] + c)
    }
    for band in try statistics.bands(of: grid) { print(band.value, band.prediction) }
    // end of snippet
    #expect(try statistics.bands(of: grid).allSatisfy { $0.prediction.contains($0.value) })

    // snippet
    let positive = try ParameterBounds<Double>(lower: [0, 0], upper: [.infinity, .infinity])
    let robust = try EmpiricalRisk(
      model: kinetics, loss: SoftL1Loss(scale: 10), targets: speeds)
    let guarded = try minimize(
      robust.bounded(by: positive), from: [200, 0.1], using: .levenbergMarquardt())
    // end of snippet
    #expect(guarded.isConverged && guarded.parameters[1] > 0)
  }

  @Test func network() throws {
    // snippet
    // 200 random points on the unit sphere in 20 dimensions, and what the network is to say of each.
    let key = RandomKey(seed: 7, purpose: .data)
    var features: Matrix<Double> = key.normalMatrix(200, 20)
    for i in 0..<200 {
      let norm = features.row(i).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for j in 0..<20 { features[i, j] /= norm }
    }
    let targets = (0..<200).map { sin(3 * features[$0, 0]) }

    let network = try TwoLayerReLU(features: features, width: 4096, seed: 1)
    let objective = try LeastSquares(network, targets: targets)
    let result = try minimize(
      objective, from: network.initialParameters(seed: 1), using: .gaussNewton(solver: .automatic))
    for record in result.summary.history { print(record.iteration, record.relativeLoss) }
    // end of snippet
    #expect(result.isConverged && result.summary.iterations <= 5)
    // Theorem 1 of arXiv 2006.11648: the error halves in each step, and the loss is its square.
    #expect(result.summary.history.dropFirst().allSatisfy { $0.lossRatio! <= 0.25 })

    try landing(objective, network)
  }

  private func landing(
    _ objective: LeastSquares<TwoLayerReLU<Double>>, _ network: TwoLayerReLU<Double>
  ) throws {
    // snippet
    let result = try minimize(
      objective, from: network.initialParameters(seed: 1),
      using: .gaussNewton(solver: .sketchedCG(.sparseSign())))
    // end of snippet
    #expect(result.isConverged)
  }
}

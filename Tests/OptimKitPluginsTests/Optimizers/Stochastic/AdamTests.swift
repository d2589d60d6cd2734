import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Adam")
struct AdamTests {
  @Test("makes the steps of its formula, with weight decay")
  func formula() throws {
    let objective = try quadratic(eigenvalues: [1, 4])
    let result = try minimize(
      objective, from: [1, -2], using: .adam(step: 0.1, batchSize: nil, weightDecay: 0.01),
      until: [.iterations(5)])
    var parameters = [1.0, -2.0]
    var (first, second) = ([0.0, 0.0], [0.0, 0.0])
    for t in 1...5 {
      for (i, eigenvalue) in [1.0, 4.0].enumerated() {
        // Of the mean loss, over 2 samples.
        let gradient = eigenvalue * parameters[i] / 2
        first[i] = 0.9 * first[i] + 0.1 * gradient
        second[i] = 0.999 * second[i] + 0.001 * gradient * gradient
        let mean = first[i] / (1 - pow(0.9, Double(t)))
        let square = second[i] / (1 - pow(0.999, Double(t)))
        parameters[i] -= 0.1 * (mean / (square.squareRoot() + 1e-8) + 0.01 * parameters[i])
      }
    }
    #expect(distance(result.parameters, parameters) < 1e-13)
  }

  @Test("the first step has the length η in every element, whatever the scale")
  func scale() throws {
    for scale in [1e-3, 1, 1e6] {
      let objective = try quadratic(eigenvalues: [scale, 3 * scale])
      let result = try minimize(
        objective, from: [1, -1], using: .adam(step: 0.01, batchSize: nil), until: [.iterations(1)])
      #expect(distance(result.parameters, [0.99, -0.99]) < 1e-6)
    }
  }

  @Test("trains a small network on batches", arguments: [0.0, 1e-3])
  func network(weightDecay: Double) throws {
    let objective: LeastSquares<TwoLayerReLU<Float>> = try syntheticObjective(
      samples: 40, features: 8, width: 200)
    let result = try minimize(
      objective, from: objective.model.initialParameters(seed: 1),
      using: .adam(
        step: 0.05, batchSize: 8, weightDecay: weightDecay, schedule: .cosine(epochs: 40)),
      until: [.iterations(40)])
    #expect(result.summary.relativeLoss < 0.01, "\(result.summary)")
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for optimizer in [
      Adam(step: -1), Adam(batchSize: 0), Adam(firstDecay: 1), Adam(secondDecay: -0.1),
      Adam(epsilon: 0), Adam(weightDecay: .infinity),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }
}

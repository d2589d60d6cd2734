import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct SquaredLossTests {
  @Test(arguments: scalarTypes, [1, 3])
  func lossConforms(type: any RealScalar.Type, outputsPerSample: Int) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let key = RandomKey(seed: 1, purpose: "squared loss")
      #expect(
        conformanceIssues(
          of: SquaredLoss(), outputs: key.normalVector(12, of: Scalar.self),
          targets: key.with(iteration: 1).normalVector(12), outputsPerSample: outputsPerSample)
          == [])
    }
    check(type)
  }

  @Test func valueGradientAndCurvatureByHand() throws {
    let features = try Matrix(rowCount: 2, columnCount: 1, storage: [1.0, -1])
    let signs = try Matrix(rowCount: 1, columnCount: 1, storage: [1.0])
    let objective = try LeastSquares(
      TwoLayerReLU(features: features, signs: signs), targets: [1, 5], weights: [4, 0.25],
      ridge: 0.5)
    // Outputs (3, 0): ½ (4 · 4 + ¼ · 25) + ¼ · 9.
    let linearization = try objective.linearize(at: [3.0].span)
    #expect(linearization.value == 13.375)
    #expect(linearization.outputGradient == [8, -1.25])
    #expect(linearization.curvatureFactor == .diagonal([2, 0.5]))
    #expect(try linearization.whitenedResidual() == [4, -2.5])
  }
}

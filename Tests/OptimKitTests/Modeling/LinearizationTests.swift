import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct LinearizationTests {
  private func linearization(gradient: [Double], factor: [Double]) -> Linearization<Double> {
    Linearization(
      value: 0, outputs: gradient,
      jacobian: DenseJacobian(Matrix(rowCount: gradient.count, columnCount: 1)),
      outputGradient: gradient, curvatureFactor: .diagonal(factor))
  }

  @Test func whitenedResidualTimesTheFactorIsTheGradient() throws {
    let residual = try linearization(gradient: [6, -1, 3], factor: [2, 1, 0.5]).whitenedResidual()
    #expect(residual == [3, -1, 6])
  }

  @Test func silentSamplesHaveNoResidual() throws {
    #expect(try linearization(gradient: [0, 4], factor: [0, 2]).whitenedResidual() == [0, 2])
  }

  @Test func slopeWithoutCurvatureIsRefused() {
    #expect(
      errorKind { try linearization(gradient: [1, 1], factor: [1, 0]).whitenedResidual() }
        == .singularSystem)
  }
}

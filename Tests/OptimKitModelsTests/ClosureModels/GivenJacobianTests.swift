import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models with Jacobians or products of one's own")
struct GivenJacobianTests {
  @Sendable private static func outputs(_ x: [Double]) -> [Double] {
    [10 * (x[1] - x[0] * x[0]), 1 - x[0], 0.1 * x[0] * x[1]]
  }

  @Sendable private static func jacobian(_ x: [Double]) throws -> Matrix<Double> {
    try Matrix(
      rowCount: 3, columnCount: 2, storage: [-20 * x[0], 10, -1, 0, 0.1 * x[1], 0.1 * x[0]])
  }

  private static let model = JacobianModel(
    parameterCount: 2, outputCount: 3, outputs: outputs, jacobian: jacobian)

  private static let products = ProductModel(
    parameterCount: 2, outputCount: 3, outputs: outputs,
    product: { x, v in [-20 * x[0] * v[0] + 10 * v[1], -v[0], 0.1 * (x[1] * v[0] + x[0] * v[1])] },
    transposedProduct: { x, u in
      [-20 * x[0] * u[0] - u[1] + 0.1 * x[1] * u[2], 10 * u[0] + 0.1 * x[0] * u[2]]
    })

  @Test("conform")
  func conformance() {
    #expect(conformanceIssues(of: Self.model, at: [0.3, -0.7]) == [])
    #expect(conformanceIssues(of: Self.products, at: [0.3, -0.7]) == [])
  }

  @Test("lead optimizers to the same minimum")
  func minima() throws {
    let expected = try minimize(
      LeastSquares(residuals: Self.model), from: [-1.2, 1], using: .levenbergMarquardt())
    #expect(expected.isConverged)
    let result = try minimize(
      LeastSquares(residuals: Self.products), from: [-1.2, 1],
      using: GaussNewton(solver: .lsmr()), until: [.relativeGradientNorm(1e-10), .iterations(500)])
    #expect(
      distance(result.parameters, expected.parameters) < 1e-6,
      "\(result.reason) \(result.parameters) \(expected.parameters)")
  }

  @Test("without rows say so to optimizers that need them")
  func missingRows() throws {
    let result = try minimize(
      LeastSquares(residuals: Self.products), from: [-1.2, 1], using: .levenbergMarquardt())
    #expect(!result.isConverged)
    #expect("\(result.reason)".contains("RowAccessible"), "\(result.reason)")
  }

  @Test("say what is of the wrong size")
  func wrongSizes() throws {
    let outputs = JacobianModel<Double>(
      parameterCount: 2, outputCount: 4, outputs: Self.outputs, jacobian: Self.jacobian)
    let jacobian = JacobianModel<Double>(
      parameterCount: 2, outputCount: 3, outputs: Self.outputs,
      jacobian: { _ in Matrix(rowCount: 2, columnCount: 3) })
    for (model, words) in [(outputs, "3 outputs, not 4"), (jacobian, "Jacobian of 2 × 3")] {
      #expect {
        try minimize(
          LeastSquares(residuals: model), from: [-1.2, 1], using: .levenbergMarquardt())
      } throws: { error in
        "\(error)".contains(words)
      }
    }
    let product = ProductModel<Double>(
      parameterCount: 2, outputCount: 3, outputs: Self.outputs, product: { _, v in v },
      transposedProduct: { _, u in u })
    let linearization = try LeastSquares(residuals: product).linearize(at: [1, 1].span)
    #expect(throws: OptimKitError.self) { try linearization.jacobian.product([1, 1]) }
    #expect(throws: OptimKitError.self) { try linearization.jacobian.transposedProduct([1, 1, 1]) }
  }
}

import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// docs/optimizers.md.
@Suite("The snippets of the guide to optimizers run")
struct OptimizerSnippets {
  @Test func bounds() throws {
    let start = [12.0, 3]
    let objective = try LeastSquares(parameterCount: 2, residualCount: 3) { x in
      [x[0] - 11, x[1] - 2, x[0] * x[1] - 20]
    }
    // snippet
    let box = try ParameterBounds<Double>(lower: [0, -.infinity], upper: [10, .infinity])
    let bounded = try objective.bounded(by: box)
    let result = try minimize(bounded, from: box.projecting(start), using: .levenbergMarquardt())
    let fixed = try bounded.fixing([1], at: start)
    // end of snippet
    #expect(result.isConverged && result.parameters[0] == 10)
    let rest = try minimize(fixed, from: [5, 3], using: .levenbergMarquardt())
    #expect(rest.isConverged && rest.parameters[1] == 3)
  }
}

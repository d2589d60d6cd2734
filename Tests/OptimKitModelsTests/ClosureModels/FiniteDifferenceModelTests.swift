import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models of finite differences")
struct FiniteDifferenceModelTests {
  @Sendable private static func outputs(_ x: [Double]) -> [Double] {
    [exp(x[0]) * x[1], sin(x[0] + 1e6 * x[2]), x[1] * x[1]]
  }

  private static let point = [0.3, -40, 2e-6]

  private static let jacobian: [Double] = [
    -40 * exp(0.3), exp(0.3), 0, cos(2.3), 0, 1e6 * cos(2.3), 0, -80, 0,
  ]

  private func jacobian(_ scheme: DifferenceScheme, at point: [Double] = point) throws -> [Double] {
    let model = try FiniteDifferenceModel(
      parameterCount: 3, outputCount: 3, scheme: scheme, outputs: Self.outputs)
    var outputs = [0.0, 0, 0]
    var span = outputs.mutableSpan
    let jacobian = try model.linearize(at: point.span, outputs: &span)
    #expect(outputs == Self.outputs(point))
    return jacobian.matrix.storage
  }

  @Test("have the digits of their scheme, whatever the sizes of the parameters")
  func accuracy() throws {
    for (scheme, tolerance) in [
      (DifferenceScheme.forward(), 1e-6), (.central(), 1e-9),
      (.forward(step: .relative(1e-5)), 1e-3), (.central(step: .relative(1e-4)), 1e-7),
      (.central(step: .absolute([1e-5, 1e-3, 1e-11])), 1e-8),
    ] as [(DifferenceScheme, Double)] {
      for (entry, expected) in zip(try jacobian(scheme), Self.jacobian) {
        #expect(
          abs(entry - expected) <= tolerance * abs(expected), "\(scheme): \(entry), \(expected)")
      }
    }
  }

  @Test(
    "have half of a quadratic function's curvature as the error of forward differences, none of central ones"
  )
  func order() throws {
    let step = 0.25
    let forward = try jacobian(.forward(step: .absolute([step, step, step])), at: [0, 3, 0])
    let central = try jacobian(.central(step: .absolute([step, step, step])), at: [0, 3, 0])
    #expect(forward[7] == 6 + step && central[7] == 6)
  }

  @Test("take the other side where one is not defined")
  func edges() throws {
    for scheme in [DifferenceScheme.forward(), .central()] {
      for sign in [1.0, -1] {
        let model = try FiniteDifferenceModel<Double>(
          parameterCount: 1, outputCount: 1, scheme: scheme
        ) { [pow(sign * ($0[0] - 1), 1.5) + $0[0]] }
        var outputs = [0.0]
        var span = outputs.mutableSpan
        let jacobian = try model.linearize(at: [1].span, outputs: &span)
        #expect(abs(jacobian.matrix[0, 0] - 1) < 0.01)
      }
    }
  }

  @Test("find minima")
  func minimum() throws {
    let model = try FiniteDifferenceModel<Double>(parameterCount: 2, outputCount: 2) { x in
      [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
    }
    let result = try minimize(
      LeastSquares(residuals: model), from: [-1.2, 1], using: .levenbergMarquardt())
    #expect(result.isConverged && distance(result.parameters, [1, 1]) < 1e-9)
  }

  @Test("refuse steps that are not positive, or not one per parameter")
  func validation() {
    for step in [
      DifferenceStep.relative(0), .relative(-1), .relative(.nan), .absolute([1, 1]),
      .absolute([1, 1, 0]), .absolute([1, .infinity, 1]),
    ] {
      for scheme in [DifferenceScheme.forward(step: step), .central(step: step)] {
        #expect(throws: OptimKitError.self, "\(scheme)") { try jacobian(scheme) }
      }
    }
  }
}

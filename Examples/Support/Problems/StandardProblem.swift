import OptimKitModels

/// A problem of nonlinear least squares from Moré, Garbow and Hillstrom, Testing Unconstrained Optimization Software, ACM
/// TOMS 7, 1981, with its start and the minima of ‖f‖² that they list.
package struct StandardProblem: Sendable {
  package typealias Function = @Sendable (_ x: [Dual]) -> [Dual]

  package let name: String
  /// The number of residuals.
  package let residualCount: Int
  package let start: [Double]
  /// The global minimum of ‖f‖².
  package let minimum: Double
  /// Values of ‖f‖² at other minima, or at their infima.
  package let otherMinima: [Double]
  package let function: Function

  package init(
    _ name: String, residuals: Int, start: [Double], minimum: Double, others: [Double] = [],
    _ function: @escaping Function
  ) {
    self.name = name
    residualCount = residuals
    self.start = start
    self.minimum = minimum
    otherMinima = others
    self.function = function
  }

  /// The residuals, differentiated automatically.
  package var model: ResidualModel {
    ResidualModel(parameterCount: start.count, residualCount: residualCount, function)
  }

  /// The start, `factor` times as far; where that is the origin, all parameters `factor`, as in MINPACK.
  package func start(times factor: Double) -> [Double] {
    start.map { factor == 1 || start.contains { $0 != 0 } ? factor * $0 : factor }
  }
}

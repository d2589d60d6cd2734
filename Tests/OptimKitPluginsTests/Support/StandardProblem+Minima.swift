import ExampleSupport
import OptimKit
import OptimKitModels

extension StandardProblem: CustomStringConvertible {
  /// Small ones of different kinds.
  static let all = [
    rosenbrock, powellSingular, wood, helicalValley, box, freudensteinRoth, bard, kowalikOsborne,
    meyer, brownDennis, jennrichSampson, osborne1,
  ]

  /// The name.
  public var description: String { name }

  /// Whether ‖f‖² is at one of the minima, to about five digits; zeros to 1e-10.
  func isMinimum(_ square: Double) -> Bool {
    ([minimum] + otherMinima).contains {
      $0 == 0 ? square < 1e-10 : abs(square - $0) < 2e-5 * $0
    }
  }
}

extension ResidualModel {
  /// ½‖f(θ)‖².
  func objective() throws -> LeastSquares<ResidualModel> { try LeastSquares(residuals: self) }
}

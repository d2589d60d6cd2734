import Foundation
import OptimKit
import OptimKitModels

/// Problems of nonlinear least squares from Moré, Garbow and Hillstrom, Testing Unconstrained Optimization Software,
/// ACM TOMS 7, 1981, with their starts and known local minima of ‖f‖².
struct StandardProblem: Sendable, CustomStringConvertible {
  let name: String
  let start: [Double]
  let minima: [Double]
  let function: ResidualModel.Function
  let model: ResidualModel

  var description: String { name }

  private init(
    _ name: String, _ start: [Double], minima: [Double], residuals: Int,
    _ function: @escaping ResidualModel.Function
  ) {
    self.name = name
    self.start = start
    self.minima = minima
    self.function = function
    model = ResidualModel(parameterCount: start.count, residualCount: residuals, function)
  }

  /// Whether ‖f‖² is at one of the minima, to about six digits; zeros to 1e-10.
  func isMinimum(_ square: Double) -> Bool {
    minima.contains { $0 == 0 ? square < 1e-10 : abs(square - $0) < 2e-5 * $0 }
  }

  static let all = [
    rosenbrock, powellSingular, wood, helicalValley, box, freudensteinRoth, bard, kowalikOsborne,
    meyer, brownDennis, jennrichSampson, osborne,
  ]

  static let rosenbrock = Self("Rosenbrock", [-1.2, 1], minima: [0], residuals: 2) {
    [10 * ($0[1] - $0[0].square), 1 - $0[0]]
  }

  static let powellSingular = Self("Powell singular", [3, -1, 0, 1], minima: [0], residuals: 4) {
    [
      $0[0] + 10 * $0[1], 5.0.squareRoot() * ($0[2] - $0[3]), ($0[1] - 2 * $0[2]).square,
      10.0.squareRoot() * ($0[0] - $0[3]).square,
    ]
  }

  static let wood = Self("Wood", [-3, -1, -3, -1], minima: [0], residuals: 6) {
    [
      10 * ($0[1] - $0[0].square), 1 - $0[0], 90.0.squareRoot() * ($0[3] - $0[2].square), 1 - $0[2],
      10.0.squareRoot() * ($0[1] + $0[3] - 2.0), (1 / 10.0.squareRoot()) * ($0[1] - $0[3]),
    ]
  }

  static let helicalValley = Self("helical valley", [-1, 0, 0], minima: [0], residuals: 3) {
    // The angle is cut along the negative second axis.
    let angle = atan2($0[1], $0[0])
    let turns = (0.5 / .pi) * (angle.value < -.pi / 2 ? angle + 2 * .pi : angle)
    return [
      10 * ($0[2] - 10 * turns), 10 * (sqrt($0[0].square + $0[1].square) - 1.0), $0[2],
    ]
  }

  static let box = Self("Box", [0, 10, 20], minima: [0], residuals: 10) { x in
    (1...10).map { i in
      let t = 0.1 * Double(i)
      return exp(-t * x[0]) - exp(-t * x[1]) - (exp(-t) - exp(-10 * t)) * x[2]
    }
  }

  static let freudensteinRoth = Self(
    "Freudenstein and Roth", [0.5, -2], minima: [0, 48.98425], residuals: 2
  ) {
    [
      $0[0] - 13.0 + ((5 - $0[1]) * $0[1] - 2.0) * $0[1],
      $0[0] - 29.0 + (($0[1] + 1.0) * $0[1] - 14.0) * $0[1],
    ]
  }

  static let bard = Self("Bard", [1, 1, 1], minima: [8.214877e-3, 17.42869], residuals: 15) { x in
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
      .enumerated().map { i, y in
        let u = Double(i + 1)
        let v = 16 - u
        return y - (x[0] + u / (v * x[1] + min(u, v) * x[2]))
      }
  }

  static let kowalikOsborne = Self(
    "Kowalik and Osborne", [0.25, 0.39, 0.415, 0.39], minima: [3.075056e-4, 1.02734e-3],
    residuals: 11
  ) { x in
    zip(
      [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
      [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]
    ).map { (y: Double, u: Double) in
      let square = u * u
      return y - x[0] * (square + u * x[1]) / (square + u * x[2] + x[3])
    }
  }

  static let meyer = Self("Meyer", [0.02, 4000, 250], minima: [87.94586], residuals: 16) { x in
    [
      34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820,
      3307, 2872,
    ].enumerated().map { i, y in
      x[0] * exp(x[1] / (x[2] + (45 + 5 * Double(i + 1)))) - y
    }
  }

  static let brownDennis = Self(
    "Brown and Dennis", [25, 5, -5, -1], minima: [85822.20], residuals: 20
  ) { x in
    (1...20).map { i in
      let t = Double(i) / 5
      return (x[0] + t * x[1] - exp(t)).square + (x[2] + sin(t) * x[3] - cos(t)).square
    }
  }

  static let jennrichSampson = Self(
    "Jennrich and Sampson", [0.3, 0.4], minima: [124.3622], residuals: 10
  ) { x in
    (1...10).map { i in
      let t = Double(i)
      return 2 + 2 * t - (exp(t * x[0]) + exp(t * x[1]))
    }
  }

  static let osborne = Self(
    "Osborne", [0.5, 1.5, -1, 0.01, 0.02], minima: [5.464895e-5], residuals: 33
  ) { x in
    [
      0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
      0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
      0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
    ].enumerated().map { i, y in
      let t = 10 * Double(i)
      return y - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4]))
    }
  }
}

extension Dual {
  fileprivate var square: Dual { self * self }
}

extension ResidualModel {
  /// ½‖f(θ)‖².
  func objective() throws -> LeastSquares<ResidualModel> { try LeastSquares(residuals: self) }
}

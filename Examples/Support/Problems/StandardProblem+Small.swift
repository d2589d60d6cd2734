import Foundation
import OptimKitModels

// Problems of given size without data.

extension StandardProblem {
  package static let rosenbrock = Self("Rosenbrock", residuals: 2, start: [-1.2, 1], minimum: 0) {
    x in
    [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
  }

  package static let helicalValley = Self(
    "Helical valley", residuals: 3, start: [-1, 0, 0], minimum: 0
  ) {
    x in
    // The angle is cut along the negative second axis.
    let angle = atan2(x[1], x[0])
    let turns = (angle < -Double.pi / 2 ? angle + 2 * Double.pi : angle) / (2 * Double.pi)
    return [10 * (x[2] - 10 * turns), 10 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1), x[2]]
  }

  package static let powellSingular = Self(
    "Powell singular", residuals: 4, start: [3, -1, 0, 1], minimum: 0
  ) { x in
    let (one, two) = (x[1] - 2 * x[2], x[0] - x[3])
    return [
      x[0] + 10 * x[1], 5.0.squareRoot() * (x[2] - x[3]), one * one, 10.0.squareRoot() * two * two,
    ]
  }

  package static let wood = Self("Wood", residuals: 6, start: [-3, -1, -3, -1], minimum: 0) { x in
    [
      10 * (x[1] - x[0] * x[0]), 1 - x[0], 90.0.squareRoot() * (x[3] - x[2] * x[2]), 1 - x[2],
      10.0.squareRoot() * (x[1] + x[3] - 2), (x[1] - x[3]) / 10.0.squareRoot(),
    ]
  }

  package static let freudensteinRoth = Self(
    "Freudenstein-Roth", residuals: 2, start: [0.5, -2], minimum: 0, others: [48.98425]
  ) { x in
    [
      x[0] - 13 + ((5 - x[1]) * x[1] - 2) * x[1], x[0] - 29 + ((x[1] + 1) * x[1] - 14) * x[1],
    ]
  }

  package static let box = Self("Box", residuals: 10, start: [0, 10, 20], minimum: 0) { x in
    (1...10).map { i in
      let t = 0.1 * Double(i)
      let difference = Foundation.exp(-t) - Foundation.exp(-10 * t)
      return exp(-t * x[0]) - exp(-t * x[1]) - difference * x[2]
    }
  }

  package static let jennrichSampson = Self(
    "Jennrich-Sampson", residuals: 10, start: [0.3, 0.4], minimum: 124.3622
  ) { x in
    (1...10).map { i in
      let t = Double(i)
      return 2 + 2 * t - (exp(t * x[0]) + exp(t * x[1]))
    }
  }

  package static let brownDennis = Self(
    "Brown-Dennis", residuals: 20, start: [25, 5, -5, -1], minimum: 85822.20
  ) { x in
    (1...20).map { i in
      let t = Double(i) / 5
      let one = x[0] + t * x[1] - Foundation.exp(t)
      let two = x[2] + Foundation.sin(t) * x[3] - Foundation.cos(t)
      return one * one + two * two
    }
  }
}

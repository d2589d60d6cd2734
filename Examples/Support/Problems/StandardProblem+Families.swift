import Foundation
import OptimKitModels

// Problems of any number of parameters.

extension StandardProblem {
  /// Linear, of full rank; m ≥ n.
  package static func linear(_ n: Int, _ m: Int) -> Self {
    Self(
      "Linear, full rank", residuals: m, start: [Double](repeating: 1, count: n),
      minimum: Double(m - n)
    ) { x in
      let mean = 2 / Double(m) * sum(x)
      return (0..<m).map { i in i < n ? x[i] - mean - 1 : -1 - mean }
    }
  }

  /// Linear, of rank 1.
  package static func linearOfRankOne(_ n: Int, _ m: Int) -> Self {
    let count = Double(m)
    return Self(
      "Linear, rank 1", residuals: m, start: [Double](repeating: 1, count: n),
      minimum: count * (count - 1) / (2 * (2 * count + 1))
    ) { x in
      let total = sum(x.enumerated().map { Double($0 + 1) * $1 })
      return (1...m).map { i in Double(i) * total - 1 }
    }
  }

  /// Linear, of rank 1 with zero rows and columns.
  package static func linearWithZeros(_ n: Int, _ m: Int) -> Self {
    let count = Double(m)
    return Self(
      "Linear, rank 1, zeros", residuals: m, start: [Double](repeating: 1, count: n),
      minimum: (count * count + 3 * count - 6) / (2 * (2 * count - 3))
    ) { x in
      let total = sum((1..<n - 1).map { Double($0 + 1) * x[$0] })
      return (0..<m).map { i in i == 0 || i == m - 1 ? Dual(-1) : Double(i) * total - 1 }
    }
  }

  /// Watson.
  package static func watson(_ n: Int, minimum: Double) -> Self {
    Self(
      "Watson", residuals: 31, start: [Double](repeating: 0, count: n), minimum: minimum
    ) { x in
      (1...29).map { i in
        let t = Double(i) / 29
        var (slope, value) = (Dual(0), Dual(0))
        for j in stride(from: n - 1, through: 0, by: -1) {
          value = value * t + x[j]
          if j > 0 { slope = slope * t + Double(j) * x[j] }
        }
        return slope - value * value - 1
      } + [x[0], x[1] - x[0] * x[0] - 1]
    }
  }

  /// Chebyquad; m ≥ n.
  package static func chebyquad(_ n: Int, _ m: Int, minimum: Double, others: [Double] = []) -> Self
  {
    Self(
      "Chebyquad", residuals: m, start: (1...n).map { Double($0) / Double(n + 1) },
      minimum: minimum, others: others
    ) { x in
      var sums = [Dual](repeating: Dual(0), count: m)
      for each in x {
        // T on [0, 1] by its recurrence.
        let argument = 2 * each - 1
        var (before, current) = (Dual(1), argument)
        for i in 0..<m {
          sums[i] += current
          (before, current) = (current, 2 * argument * current - before)
        }
      }
      return (1...m).map { i in
        let integral = i.isMultiple(of: 2) ? -1 / Double(i * i - 1) : 0
        return sums[i - 1] / Double(n) - integral
      }
    }
  }

  /// Brown almost linear.
  package static func brownAlmostLinear(_ n: Int) -> Self {
    Self(
      "Brown almost linear", residuals: n, start: [Double](repeating: 0.5, count: n), minimum: 0,
      others: [1]
    ) { x in
      let total = sum(x) - Double(n + 1)
      var product = x[0]
      for each in x.dropFirst() { product *= each }
      return (0..<n).map { i in i < n - 1 ? x[i] + total : product - 1 }
    }
  }

  private static func sum(_ x: [Dual]) -> Dual {
    var result = Dual(0)
    for each in x { result += each }
    return result
  }
}

import Foundation
import OptimKit
import OptimKitModels

/// Case k: what derivatives by dual numbers cost, beside the same function of plain numbers.
enum DualNumbers {
  private static let introduction = """
    Residuals at 1000 points as closures over dual numbers (`SampleModel`), linearized: residuals and the whole \
    Jacobian. Beside that, the same function of `Double` in a closure of the same form, evaluated once. Least times of \
    many calls on one thread, in this process. The ratio is that of the two for each four parameters begun.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Dual numbers", introduction)
    var table = Table(
      header: [
        "residual", "parameters", "plain: µs", "with Jacobian: µs", "ratio per 4 parameters",
      ])
    for function in functions {
      let (plain, dual) = try function.measure(repeats: options.quick ? 50 : 1000)
      let passes = Double((function.point.count + 3) / 4)
      table.rows.append([
        function.name, "\(function.point.count)", String(format: "%.1f", 1e6 * plain),
        String(format: "%.1f", 1e6 * dual), String(format: "%.2f", dual / plain / passes),
      ])
    }
    section.tables.append(("Least times", table))
    return section
  }

  /// A residual in both kinds of numbers.
  private struct Function {
    let name: String
    let point: [Double]
    let plain: @Sendable (Double, [Double]) -> Double
    let dual: @Sendable (Double, [Dual]) -> Dual

    /// Seconds of an evaluation of plain numbers, and of a linearization with dual numbers.
    func measure(repeats: Int) throws -> (plain: Double, dual: Double) {
      let places = (0..<1000).map { 0.01 * Double($0 + 1) }
      let model = SampleModel(samples: places, parameterCount: point.count, dual)
      var outputs = [Double](repeating: 0, count: places.count)
      let (point, function) = (point, plain)
      let plain = Self.leastSeconds(repeats) {
        for (i, x) in places.enumerated() { outputs[i] = function(x, point) }
      }
      let dual = try Self.leastSeconds(repeats) {
        var span = outputs.mutableSpan
        _ = try model.linearize(at: point.span, outputs: &span)
      }
      return (plain, dual)
    }

    private static func leastSeconds(_ repeats: Int, _ body: () throws -> Void) rethrows -> Double {
      var least = Duration.seconds(3600)
      for _ in 0..<repeats { least = min(least, try ContinuousClock().measure(body)) }
      return least / .seconds(1)
    }
  }

  private static let functions = [
    Function(
      name: "two exponentials", point: [1, 2, 3, 0.5],
      plain: { x, b in b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) },
      dual: { x, b in b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) }),
    Function(
      name: "logistic", point: [1, 2, 3],
      plain: { x, b in b[0] / (1 + exp(b[1] - b[2] * x)) },
      dual: { x, b in b[0] / (1 + exp(b[1] - b[2] * x)) }),
    Function(
      name: "power", point: [1, 2, 0.3],
      plain: { x, b in b[0] * pow(x + b[2], b[1]) },
      dual: { x, b in b[0] * pow(x + b[2], b[1]) }),
    Function(
      name: "sine", point: [1, 2, 3, 0.1],
      plain: { x, b in b[0] + b[1] * sin(b[2] * x + b[3]) },
      dual: { x, b in b[0] + b[1] * sin(b[2] * x + b[3]) }),
    Function(
      name: "rational", point: [1, 2, 3, 4],
      plain: { x, b in (b[0] + x * b[1]) / (1 + x * (b[2] + x * b[3])) },
      dual: { x, b in (b[0] + x * b[1]) / (1 + x * (b[2] + x * b[3])) }),
    Function(
      name: "two bumps on a decay", point: [98, 0.01, 100, 6.7, 2.3, 71, 9.9, 1.8],
      plain: { x, b in
        let (one, two) = ((x - b[3]) / b[4], (x - b[6]) / b[7])
        return b[0] * exp(-b[1] * x) + b[2] * exp(-one * one) + b[5] * exp(-two * two)
      },
      dual: { x, b in
        let (one, two) = ((x - b[3]) / b[4], (x - b[6]) / b[7])
        return b[0] * exp(-b[1] * x) + b[2] * exp(-one * one) + b[5] * exp(-two * two)
      }),
  ]
}

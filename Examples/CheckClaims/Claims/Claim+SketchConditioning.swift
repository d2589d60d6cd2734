import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting

extension Claim {
  /// C6: what the sketch does to the conditioning.
  static let sketchConditioning = Claim(
    id: "C6", title: "the preconditioned system has a constant condition number",
    statement: """
      With R from a sketch of s rows, κ(RᵀAᵀAR) is a constant that depends on s/n alone, \
      ((√s + √n)/(√s − √n))², whatever the data.
      """,
    source:
      "Algorithm 2: the sketch embeds the columns of A; the constant is that of a Gaussian sketch"
  ) { context in
    let samples = context.pick(quick: 100, full: 200)
    let seeds = context.seeds(quick: 3, full: 10)
    let ratios = [2.0, 4, 8, 12]
    let sketchers: [any Sketcher] = [SRHTSketcher(), SparseSignSketcher(), TensorSketcher()]
    var worst: [String: Double] = [:]
    var curves: [String: [(x: Double, y: Double)]] = [:]
    for seed in seeds {
      let problem = try WideProblem(
        .init(samples: samples, features: 10, width: context.pick(quick: 1024, full: 2048)),
        seed: seed)
      let regression = try SketchedRegression(problem, seed: seed, context)
      for sketcher in sketchers {
        for ratio in ratios {
          let triangle = try regression.triangle(
            of: sketcher, rows: Int(ratio) * samples, seed: seed)
          let condition = try regression.conditionNumber(preconditionedBy: triangle)
          let share = condition / expectedConditionNumber(rowsPerColumn: ratio)
          worst[sketcher.name] = [worst[sketcher.name] ?? 0, share].largest
          if seed == seeds[0] { curves[sketcher.name, default: []].append((ratio, condition)) }
        }
      }
    }
    return Finding(
      ran: """
        Jacobians of networks of n \(samples), d 10, m \(context.pick(quick: 1024, full: 2048)) at their start; s/n = \
        2, 4, 8, 12; \(seeds.count) seeds; eigenvalues of RᵀAᵀAR
        """,
      figures: sketchers.map {
        Figure(
          "largest κ as a share of the formula, \($0.name)", worst[$0.name] ?? .nan, .atMost(1.2))
      },
      plots: [
        Plot(
          title: "κ(RᵀAᵀAR)", horizontalName: "rows of the sketch per column, s/n",
          isLogarithmic: true,
          series: sketchers.map { Plot.Series(name: $0.name, points: curves[$0.name] ?? []) } + [
            Plot.Series(
              name: "formula",
              points: ratios.map { ($0, expectedConditionNumber(rowsPerColumn: $0)) })
          ])
      ])
  }
}

/// ((√s + √n)/(√s − √n))² for s/n = `rowsPerColumn`.
private func expectedConditionNumber(rowsPerColumn: Double) -> Double {
  let root = rowsPerColumn.squareRoot()
  return pow((root + 1) / (root - 1), 2)
}

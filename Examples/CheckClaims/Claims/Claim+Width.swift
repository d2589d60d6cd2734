import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C17: what the width condition is worth, and what happens below.
  static let widthCondition = Claim(
    id: "C17", title: "the width condition is enough, and some width is needed",
    statement: """
      Width m = Ω(n⁴/λ⁴) is enough for every step to halve the error. It is not necessary, but below some width the \
      guarantee is gone; there a line search still lets the loss fall in every step.
      """,
    source: "main theorem; what happens below is not in it"
  ) { context in
    let samples = context.pick(quick: 50, full: 100)
    let features = 10
    let widths = context.pick(
      quick: [4, 8, 16, 32, 64, 128, 256, 512], full: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048])
    let seeds = context.seeds(quick: 4, full: 10)
    var ratios: [Double] = []
    var searched: [Double] = []
    for width in widths {
      var worst: [Double] = []
      for seed in seeds {
        let problem = try WideProblem(
          .init(samples: samples, features: features, width: width), seed: seed)
        worst.append(try problem.train(.exact, atMost: 20, seed: seed, context).worstRatio)
        // With fewer weights than samples J Jᵀ is not what is factored; a small damping keeps what is invertible.
        let careful = try problem.train(
          with: GaussNewton(solver: CholeskySolver(), damping: 1e-6, stepControl: .backtracking),
          atMost: 20, seed: seed, context)
        searched.append(careful.ratios.largest)
      }
      ratios.append(worst.largest)
    }
    let eigenvalue = try WideProblem(
      .init(samples: samples, features: features, width: 1), seed: seeds[0]
    ).limitingEigenvalue()
    let condition = pow(Double(samples) / eigenvalue, 4)
    // The least width from which on all widths halve.
    let failing = ratios.lastIndex { !($0 <= 0.5) }
    let halving = failing.map { $0 + 1 < widths.count ? Double(widths[$0 + 1]) : .infinity }
    let least = halving ?? Double(widths[0])
    return Finding(
      ran: """
        n \(samples), d \(features), m = \(widths.map(String.init).joined(separator: ", ")); \(seeds.count) seeds; \
        20 exact full steps, and 20 with backtracking and damping 1e-6
        """,
      figures: [
        Figure(
          "least width that halves in every step, as a share of n⁴/λ⁴", least / condition,
          .atMost(1)),
        Figure(
          "largest ratio of errors at the least width, m \(widths[0]) (infinite: no convergence)",
          ratios[0], .atLeast(0.5)),
        Figure(
          "largest ratio of errors with a line search, any width", searched.largest,
          .atMost(1 + 1e-9)
        ),
      ],
      remarks: [
        """
        n⁴/λ⁴ is \(condition.significant(2)) (λ = \(eigenvalue.significant(3))), without its constant; every step \
        halves the error from m = \(least.significant(4)) on.
        """
      ],
      plots: [
        Plot(
          title: "Largest ratio of successive errors (what diverged is left out)",
          horizontalName: "width m", isLogarithmic: true, isHorizontallyLogarithmic: true,
          series: [
            Plot.Series(
              name: "full steps", points: zip(widths.map(Double.init), ratios).map { $0 }),
            Plot.Series(
              name: "one half", points: [(Double(widths[0]), 0.5), (Double(widths.last ?? 1), 0.5)]),
          ])
      ])
  }
}

import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C8: linear convergence.
  static let logarithmicIterations = Claim(
    id: "C8", title: "an accuracy ε takes O(log 1/ε) steps",
    statement:
      "Gauss-Newton steps with solves of a constant accuracy reach a relative error ε in O(log 1/ε) steps.",
    source: "main theorem"
  ) { context in
    let shape = WideProblem.Shape(
      samples: context.pick(quick: 60, full: 200), features: context.pick(quick: 10, full: 20),
      width: context.pick(quick: 8192, full: 32768))
    let seeds = context.seeds(quick: 2, full: 5)
    let goals = (1...10).map { pow(10, -Double($0)) }
    let trainings = try seeds.map { seed in
      try WideProblem(shape, seed: seed).train(
        .sketchedCG(.srht), tolerance: .fixed(0.3), seed: seed, context)
    }
    let counts = trainings.map { training in
      goals.map { goal in training.steps(to: goal).map(Double.init) ?? .infinity }
    }
    let fits = counts.map { LineFit(zip(goals, $0).map { (-log10($0.0), $0.1) }) }
    // Halving alone needs log₂ 10 steps for each digit.
    return Finding(
      ran: """
        sketched CG with SRHT to a relative residual of 0.3 in every step; n \(shape.samples), d \(shape.features), \
        m \(shape.width); \(seeds.count) seeds; ε = 1e-1, …, 1e-10
        """,
      figures: [
        Figure(
          "R² of a line through steps against log 1/ε", fits.map(\.determination).smallest,
          .atLeast(0.98), basis: .counted),
        Figure(
          "steps for each digit of accuracy (halving needs log₂ 10)", fits.map(\.slope).largest,
          .atMost(log2(10)), basis: .counted),
      ],
      plots: [
        Plot(
          title: "Steps to a relative error ε", horizontalName: "log₁₀ 1/ε",
          series: zip(seeds, counts).prefix(5).map { seed, counts in
            Plot.Series(
              name: "seed \(seed)", points: zip(goals, counts).map { (-log10($0), $1) })
          })
      ])
  }

  /// C10: iterations and samples.
  static let iterationsAgainstSamples = Claim(
    id: "C10", title: "the number of steps does not depend on n",
    statement: """
      The number of Gauss-Newton steps to a given accuracy does not depend on the number of samples, unlike that of \
      gradient descent in the bounds of the same theory.
      """,
    source: "main theorem, and its comparison with gradient descent"
  ) { context in
    let counts = context.pick(quick: [50, 100, 200, 400], full: [50, 100, 200, 400, 800])
    let features = 20
    let width = context.pick(quick: 16384, full: 65536)
    let seeds = context.seeds(quick: 1, full: 3)
    var steps: [[Double]] = []
    for count in counts {
      steps.append(
        try seeds.map { seed in
          let training = try WideProblem(
            .init(samples: count, features: features, width: width), seed: seed
          ).train(.exact, seed: seed, context)
          return training.isConverged ? Double(training.stepCount) : .infinity
        })
    }
    let all = steps.flatMap(\.self)
    return Finding(
      ran: """
        exact solves to a relative error of 1e-10; n = \(counts.map(String.init).joined(separator: ", ")), \
        d \(features), m \(width); seeds: \(seeds.count)
        """,
      figures: [
        Figure(
          "most steps minus fewest", all.largest - all.smallest, .atMost(2), basis: .counted)
      ],
      remarks: [
        "Steps: "
          + zip(counts, steps).map { "\($1.largest.significant(3)) at n \($0)" }
          .joined(separator: ", ") + "."
      ],
      plots: [
        Plot(
          title: "Steps to a relative error of 1e-10", horizontalName: "samples n",
          isHorizontallyLogarithmic: true,
          series: [
            Plot.Series(name: "median", points: zip(counts, steps).map { (Double($0), $1.median) })
          ])
      ])
  }

  /// C21: first order beside second order.
  static let firstOrderIterations = Claim(
    id: "C21", title: "gradient descent takes many more steps, and more of them for more samples",
    statement: """
      Gradient descent needs a number of steps that grows with n/λ to an accuracy that Gauss-Newton reaches in a number \
      that does not.
      """,
    source: "the paper's comparison: n² log 1/ε (DZPS19, SY19) against log 1/ε steps"
  ) { context in
    let counts = context.pick(quick: [20, 40, 80], full: [25, 50, 100, 200])
    let features = context.pick(quick: 10, full: 20)
    let width = context.pick(quick: 2048, full: 8192)
    let error = 1e-3
    let limit = context.pick(quick: 5000, full: 20000)
    var descent: [Double] = []
    var newton: [Double] = []
    for count in counts {
      let problem = try WideProblem(
        .init(samples: count, features: features, width: width), seed: context.seed)
      let (slow, fast) = (
        try problem.train(
          with: GradientDescent(), to: error, atMost: limit, seed: context.seed, context),
        try problem.train(.exact, to: error, seed: context.seed, context)
      )
      descent.append(Double(slow.stepCount))
      newton.append(Double(fast.stepCount))
    }
    let points = zip(counts, descent).map { (x: Double($0), y: $1) }
    return Finding(
      ran: """
        full-batch gradient descent with backtracking and exact Gauss-Newton, to a relative error of \(error), at most \
        \(limit) steps; n = \(counts.map(String.init).joined(separator: ", ")), d \(features), m \(width)
        """,
      figures: [
        Figure(
          "exponent of gradient descent's steps against n", LineFit.powerLaw(points).slope,
          .within(0.5...2), basis: .counted),
        Figure(
          "most steps of Gauss-Newton minus fewest", newton.largest - newton.smallest, .atMost(2),
          basis: .counted),
        Figure(
          "ratio of steps at the largest n", descent[descent.count - 1] / newton[newton.count - 1],
          .atLeast(10), basis: .counted),
      ],
      remarks: [
        "Steps of gradient descent: \(descent.map { "\(Int($0))" }.joined(separator: ", ")); of Gauss-Newton: "
          + "\(newton.map { "\(Int($0))" }.joined(separator: ", "))."
      ],
      plots: [
        Plot(
          title: "Steps to a relative error of \(error)", horizontalName: "samples n",
          isLogarithmic: true, isHorizontallyLogarithmic: true,
          series: [
            Plot.Series(name: "gradient descent", points: points),
            Plot.Series(
              name: "Gauss-Newton", points: zip(counts.map(Double.init), newton).map { $0 }),
          ])
      ])
  }
}

import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C2: the first of the proof's three error terms.
  static let innerTolerance = Claim(
    id: "C2", title: "the accuracy of inner solves sets the rate",
    statement: """
      Solves that leave a relative residual η make the error fall by η a step, so that a constant accuracy is enough; \
      the proof asks for η ≤ (1/6)√(λ/n).
      """,
    source: "Algorithm 1 and the proof of the main theorem"
  ) { context in
    let shape = WideProblem.Shape(
      samples: context.pick(quick: 60, full: 200), features: context.pick(quick: 10, full: 20),
      width: context.pick(quick: 16384, full: 65536))
    let seeds = context.seeds(quick: 2, full: 5)
    let tolerances = [0.5, 1.0 / 6, 0.05, 0.01]
    var deviations: [Double] = []
    var plots: [Plot.Series] = []
    for tolerance in tolerances {
      let trainings = try seeds.map { seed in
        try WideProblem(shape, seed: seed).train(
          InexactSolver(relativeResidual: tolerance), tolerance: .fixed(tolerance), seed: seed,
          context)
      }
      // The first step is not counted: what it leaves of the error is not linear.
      let rates = trainings.map { training in
        exp(
          training.ratios.dropFirst().map { log($0) }.reduce(0, +) / Double(training.stepCount - 1))
      }
      deviations.append(rates.map { abs($0 / tolerance - 1) }.largest)
      plots.append(
        Plot.Series(
          name: "η \(tolerance.significant(2))",
          points: trainings[0].errors.enumerated().map { (Double($0.offset), $0.element) }))
    }
    let eigenvalue = try WideProblem(shape, seed: seeds[0]).limitingEigenvalue()
    let asked = (eigenvalue / Double(shape.samples)).squareRoot() / 6
    let loose = try seeds.map { seed in
      try WideProblem(shape, seed: seed).train(
        InexactSolver(relativeResidual: 1 / 3), tolerance: .fixed(1 / 3), seed: seed, context
      ).worstRatio
    }
    return Finding(
      ran: """
        n \(shape.samples), d \(shape.features), m \(shape.width); \(seeds.count) seeds; solves whose residual is \
        exactly η in a random direction, to a relative error of 1e-10
        """,
      figures: zip(tolerances, deviations).map {
        Figure(
          "deviation of the mean rate from η = \($0.significant(2)), relative", $1, .atMost(0.35))
      } + [
        Figure("largest ratio of successive errors at η = 1/3", loose.largest, .atMost(0.5))
      ],
      remarks: [
        """
        The proof's (1/6)√(λ/n) is \(asked.significant(2)) here; every step halves the error at η = 1/3 \
        already, \(Int((1 / 3 / asked).rounded())) times as much.
        """
      ],
      plots: [
        Plot(
          title: "Error relative to the start, by the residual that solves leave",
          horizontalName: "step", isLogarithmic: true, series: plots)
      ])
  }
}

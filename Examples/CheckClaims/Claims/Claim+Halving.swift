import OptimKit
import OptimKitPlugins

extension Claim {
  /// C1: the main theorem.
  static let halving = Claim(
    id: "C1", title: "every step halves the error",
    statement: """
      A Gauss-Newton step on a wide two-layer ReLU network at least halves the training error: \
      ‖f(t+1) − y‖ ≤ ½ ‖f(t) − y‖ for every t, with full steps and without damping.
      """,
    source: "main theorem, Algorithm 1"
  ) { context in
    let shapes = context.pick(quick: [(50, 10), (100, 20)], full: [(50, 10), (200, 20)])
    let widths = context.pick(
      quick: [256, 1024, 4096, 16384], full: [256, 1024, 4096, 16384, 65536])
    let seeds = context.seeds(quick: 3, full: 10)
    var worst = [InnerSolve: Double]()
    var plots: [Plot.Series] = []
    for (samples, features) in shapes {
      for width in widths {
        for seed in seeds {
          let problem = try WideProblem(
            .init(samples: samples, features: features, width: width), seed: seed)
          for solve in InnerSolve.allCases where solve.isAffordable(context, width: width) {
            let training = try solve.train(problem, seed: seed, context)
            worst[solve] = [worst[solve] ?? 0, training.worstRatio].largest
            if solve == .exact, seed == seeds[0], samples == shapes[0].0, plots.count < 5 {
              plots.append(
                Plot.Series(
                  name: "m \(width)",
                  points: training.errors.enumerated().map { (Double($0.offset), $0.element) }))
            }
          }
        }
      }
    }
    return Finding(
      ran: """
        (n, d) = \(shapes.map { "(\($0), \($1))" }.joined(separator: ", ")); \
        m = \(widths.map(String.init).joined(separator: ", ")) (Algorithm 2 up to \
        \(InnerSolve.widestForAlgorithm2(context))); \(seeds.count) seeds; to a relative error of 1e-10
        """,
      figures: InnerSolve.allCases.map {
        Figure(
          "largest ratio of successive errors, \($0.rawValue)", worst[$0] ?? .nan, .atMost(0.5))
      },
      plots: [
        Plot(
          title: "Error relative to the start, exact steps, n \(shapes[0].0), d \(shapes[0].1)",
          horizontalName: "step", isLogarithmic: true, series: plots)
      ])
  }
}

/// How the systems of C1 are solved.
private enum InnerSolve: String, CaseIterable {
  case exact = "exact solves"
  case sketched = "sketched CG to a relative residual of 1/6"
  case algorithm2 = "Algorithm 2 to the letter, to (1/6)√(λ/n)"

  static func widestForAlgorithm2(_ context: ClaimContext) -> Int {
    context.pick(quick: 1024, full: 4096)
  }

  /// Algorithm 2 takes some 40 (√n + 2)² rows of a sketch, and hundreds of products a step.
  func isAffordable(_ context: ClaimContext, width: Int) -> Bool {
    self != .algorithm2 || width <= Self.widestForAlgorithm2(context)
  }

  func train(_ problem: WideProblem, seed: UInt64, _ context: ClaimContext) throws -> Training {
    switch self {
    case .exact: return try problem.train(.exact, seed: seed, context)
    case .sketched:
      return try problem.train(
        .sketchedCG(.srht), tolerance: .fixed(1 / 6), seed: seed, context)
    case .algorithm2:
      let share = try problem.limitingEigenvalue() / Double(problem.shape.samples)
      return try problem.train(
        .richardson(.srht), tolerance: .fixed(share.squareRoot() / 6), seed: seed, context)
    }
  }
}

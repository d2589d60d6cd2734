import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C9: how inner accuracy makes the rate of Newton's method.
  static let riskConvergence = Claim(
    id: "C9", title: "Newton's method on empirical risk converges as its inner solves allow",
    statement: """
      Near the minimum, solves to a constant relative residual η make the error fall linearly at rate η, solves to \
      min(0.1, error) quadratically.
      """,
    source:
      "theorem on empirical risk minimisation (a linear rate); inexact Newton methods (Dembo, Eisenstat, Steihaug 1982)"
  ) { context in
    let samples = context.pick(quick: 4000, full: 20000)
    let features = 50
    let seeds = context.seeds(quick: 2, full: 5)
    let solver = SketchedCGSolver(SparseSignSketcher())
    var orders: [Double] = []
    var rates: [Double] = []
    var sketchOnly: [Double] = []
    var plots: [Plot.Series] = []
    for seed in seeds {
      let problem = try RiskProblem(
        samples: samples, features: features, conditionNumber: 1e3, seed: seed)
      let quadratic = try problem.errors(
        of: .newton(solver: solver), steps: 8, seed: seed, context)
      let linear = try problem.errors(
        of: .newton(solver: solver, innerTolerance: .fixed(0.1)), steps: 14, seed: seed, context)
      let single = try problem.errors(
        of: .newton(solver: SketchAndSolveSolver()), steps: 25, seed: seed, context)
      orders.append(orderOfConvergence(quadratic))
      rates.append(meanRate(linear))
      sketchOnly.append(single[single.count - 1] / single[0])
      guard plots.isEmpty else { continue }
      plots = [
        ("η = min(0.1, error)", quadratic), ("η = 0.1", linear), ("sketch and solve", single),
      ]
      .map { name, errors in
        Plot.Series(
          name: name,
          points: errors.enumerated().map { (Double($0.offset), $0.element / errors[0]) })
      }
    }
    return Finding(
      ran: """
        logistic regression, n \(samples), d \(features), κ about 1e3, sketched CG; \(seeds.count) seeds; errors in the \
        norm of the Hessian at the minimum
        """,
      figures: [
        Figure(
          "least order of convergence with η = min(0.1, error)", orders.smallest, .atLeast(1.8)),
        Figure(
          "largest mean ratio of successive errors with η = 0.1", rates.largest, .atMost(0.12)),
        Figure(
          "least relative error after 25 steps that use the sketch (s = 4 d) as the matrix",
          sketchOnly.smallest, .atLeast(1e-8)),
      ],
      remarks: [
        """
        The last number is why a sketch should precondition and not replace the matrix: at s = 4 d the rate without \
        refinement is that of the sketch's distortion.
        """
      ],
      plots: [
        Plot(
          title: "Relative error", horizontalName: "step", isLogarithmic: true, series: plots)
      ])
  }

  /// C18: iterations against the condition number.
  static let riskConditioning = Claim(
    id: "C18", title: "empirical risk: iterations grow at most with log κ",
    statement: """
      Newton's method with sketched solves minimises a convex risk in a number of passes over the data that grows at \
      most with log κ · log 1/ε; without a sketch, inner iterations grow with √κ.
      """,
    source: "theorem on empirical risk minimisation: Õ((nd log κ + d³) log 1/ε)"
  ) { context in
    let samples = context.pick(quick: 2000, full: 10000)
    let features = 40
    let exponents = context.pick(quick: [1, 2, 4, 6], full: [1, 2, 3, 4, 5, 6])
    func run(
      _ solver: some LinearSolver, _ problem: RiskProblem
    ) throws -> (steps: Int, inner: Double) {
      let summary = try minimize(
        problem.objective, from: problem.start, using: .newton(solver: solver),
        until: [.relativeGradientNorm(1e-8), .iterations(60)],
        cancellation: context.cancellation, seed: context.seed
      ).summary
      try context.cancellation.check()
      let isDone = summary.reason.status == .converged
      return (summary.iterations, isDone ? Double(summary.counts.innerIterations) : .infinity)
    }
    var sketched: [(steps: Int, inner: Double)] = []
    var plain: [(steps: Int, inner: Double)] = []
    for exponent in exponents {
      let problem = try RiskProblem(
        samples: samples, features: features, conditionNumber: pow(10, Double(exponent)),
        seed: context.seed)
      sketched.append(try run(SketchedCGSolver(SparseSignSketcher()), problem))
      plain.append(try run(ConjugateGradientSolver(maximumIterations: 5000), problem))
    }
    let (first, last) = (sketched[0], sketched[sketched.count - 1])
    let logarithms = Double(exponents[exponents.count - 1]) / Double(exponents[0])
    let steps = sketched.map { Double($0.steps) }
    return Finding(
      ran: """
        logistic regression, n \(samples), d \(features), κ = \(exponents.map { "1e\($0)" }.joined(separator: ", ")), \
        sketched CG with sparse signs, to a relative gradient of 1e-8
        """,
      figures: [
        Figure(
          "growth of all inner iterations from κ = 1e\(exponents[0]) to 1e\(exponents[exponents.count - 1])",
          last.inner / first.inner, .atMost(logarithms), basis: .counted),
        Figure(
          "most outer steps divided by fewest", steps.largest / steps.smallest, .atMost(logarithms),
          basis: .counted),
      ],
      remarks: [
        "Inner iterations with a sketch: \(sketched.map { $0.inner.significant(4) }.joined(separator: ", ")) in "
          + "\(sketched.map { "\($0.steps)" }.joined(separator: ", ")) steps; without: "
          + "\(plain.map { $0.inner.significant(4) }.joined(separator: ", "))."
      ],
      plots: [
        Plot(
          title: "Inner iterations to a relative gradient of 1e-8", horizontalName: "κ",
          isLogarithmic: true, isHorizontallyLogarithmic: true,
          series: [("sketched", sketched), ("no preconditioner", plain)].map { name, runs in
            Plot.Series(
              name: name, points: zip(exponents, runs).map { (pow(10, Double($0)), $1.inner) })
          })
      ])
  }
}

/// The order p in e(t+1) ≈ C e(t)ᵖ of the last three errors that are above rounding; NaN with fewer.
private func orderOfConvergence(_ errors: [Double]) -> Double {
  let relative = errors.map { $0 / errors[0] }.prefix { $0 > 1e-12 }
  guard relative.count >= 3 else { return .nan }
  let last = Array(relative.suffix(3))
  return log(last[2] / last[1]) / log(last[1] / last[0])
}

/// The geometric mean of successive ratios, from the second step on, as long as errors are above rounding.
private func meanRate(_ errors: [Double]) -> Double {
  let relative = Array(errors.map { $0 / errors[0] }.prefix { $0 > 1e-12 }.dropFirst())
  guard relative.count >= 2 else { return .nan }
  return pow(relative[relative.count - 1] / relative[0], 1 / Double(relative.count - 1))
}

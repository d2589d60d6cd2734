import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting

extension Claim {
  /// C14: Algorithm 2 where its sketch is large enough.
  static let algorithm2Accuracy = Claim(
    id: "C14", title: "Algorithm 2 reaches any accuracy in O(log κ/ε) iterations",
    statement: """
      With a large enough sketch Algorithm 2 returns g with ‖AᵀA g − y‖ ≤ ε‖y‖ after O(log(κ/ε)) iterations, κ the \
      condition number of A.
      """,
    source: "Algorithm 2"
  ) { context in
    let columns = context.pick(quick: 24, full: 60)
    let rows = context.pick(quick: 4000, full: 12000)
    let exponents = context.pick(quick: [1, 2, 3], full: [1, 1.5, 2, 2.5, 3])
    let goals = (1...8).map { pow(10, -Double($0)) }
    let solver = RichardsonSolver(SRHTSketcher(), oversampling: 100, maximumIterations: 5000)
    var excess: [Double] = []
    var fits: [LineFit] = []
    var counts: [[Double]] = []
    for exponent in exponents {
      let matrix: Matrix<Double> = try tallMatrix(
        rows: rows, columns: columns, conditionNumber: pow(10, exponent),
        seed: context.seed)
      let regression = SketchedRegression(matrix, seed: context.seed, context)
      let solves = try goals.map {
        try regression.solve(with: solver, to: $0, seed: context.seed)
      }
      excess.append(contentsOf: zip(goals, solves).map { $1.residual / $0 })
      counts.append(solves.map(\.iterations))
      fits.append(LineFit(zip(goals, solves).map { (-log10($0.0), $0.1.iterations) }))
    }
    // O(log κ/ε): at the tightest ε, iterations grow with κ no faster than log(κ/ε) does.
    let tightest = counts.map { $0[goals.count - 1] }
    let growth = tightest[tightest.count - 1] / tightest[0]
    let allowed =
      (exponents[exponents.count - 1] + Double(goals.count)) / (exponents[0] + Double(goals.count))
    return Finding(
      ran: """
        Algorithm 2 with SRHT of 100 rows a column, \(rows) × \(columns) matrices with geometric spectra, κ(A) = \
        \(exponents.map { "1e\($0.significant(2))" }.joined(separator: ", ")); ε = 1e-1, …, 1e-8
        """,
      figures: [
        Figure("largest true residual as a share of ε", excess.largest, .atMost(1)),
        Figure(
          "least R² of a line through iterations against log 1/ε",
          fits.map(\.determination).smallest, .atLeast(0.98), basis: .counted),
        Figure(
          "growth of iterations with κ, as a share of that of log(κ/ε)", growth / allowed,
          .atMost(1.1), basis: .counted),
      ],
      remarks: [
        """
        Iterations to 1e-8: \(tightest.map { $0.significant(4) }.joined(separator: ", ")). At larger κ rounding of the \
        normal equations, about 1e-16 κ², leaves more than the tightest ε.
        """
      ],
      plots: [
        Plot(
          title: "Iterations of Algorithm 2", horizontalName: "log₁₀ 1/ε",
          series: zip(exponents, counts).map { exponent, counts in
            Plot.Series(
              name: "κ 1e\(exponent.significant(2))",
              points: zip(goals, counts).map { (-log10($0), $1) })
          })
      ])
  }

  /// C13: Algorithm 2 where its sketch is as small as is practical.
  static let algorithm2SketchSize = Claim(
    id: "C13", title: "a sketch of a few rows a column is enough for Algorithm 2",
    statement: """
      Õ(n) rows of the sketch are enough: Algorithm 2 to the letter, with its unit step, converges from sketches of 4 \
      and 12 rows a column as from 40 and 100; so do conjugate gradients and the heavy-ball iteration.
      """,
    source:
      "Algorithm 2, whose constants are hidden in Õ(n); small constants are the reader's wish, not the paper's claim"
  ) { context in
    let samples = context.pick(quick: 60, full: 200)
    let width = context.pick(quick: 1024, full: 2048)
    let seed = context.seed
    let problem = try WideProblem(.init(samples: samples, features: 10, width: width), seed: seed)
    let regression = try SketchedRegression(problem, seed: seed, context)
    let sketcher = SparseSignSketcher()
    let exception = """
      the unit step needs eigenvalues of RᵀAᵀAR below √2, and those reach (1 − √(n/s))⁻²: s > 39.5 n
      """
    var figures: [Figure] = []
    var rates: [(x: Double, y: Double)] = []
    for ratio in [4.0, 12, 40, 100] {
      let triangle = try regression.triangle(
        of: sketcher, rows: Int(ratio) * samples, seed: seed)
      let preconditioned = regression.preconditioned(by: triangle)
      let iterations = preconditioned.iterationsOfAlgorithm2(
        regression.preconditionedTarget(triangle), to: 1e-6, atMost: 5000)
      rates.append((ratio, try preconditioned.rateOfAlgorithm2()))
      figures.append(
        Figure(
          "Algorithm 2 at s = \(Int(ratio)) n: iterations to 1e-6 (infinite: it diverges)",
          iterations,
          .atMost(5000), basis: .counted, exception: ratio <= 40 ? exception : nil))
    }
    for ratio in [2.0, 4, 12] {
      let (cg, ball) = (
        try regression.solve(
          with: SketchedCGSolver(sketcher, oversampling: ratio), to: 1e-6, seed: seed),
        try regression.solve(
          with: HeavyBallSolver(sketcher, oversampling: ratio), to: 1e-6, seed: seed)
      )
      // The rate of both is √(n/s) an iteration in another norm: twice the ideal number, and some for the norm.
      let allowed = 2 * 6 * log(10) / (0.5 * log(ratio)) + 10
      figures.append(
        Figure(
          "conjugate gradients at s = \(Int(ratio)) n: iterations to 1e-6", cg.iterations,
          .atMost(allowed), basis: .counted))
      figures.append(
        Figure(
          "heavy ball at s = \(Int(ratio)) n: iterations to 1e-6", ball.iterations,
          .atMost(allowed), basis: .counted))
    }
    return Finding(
      ran: """
        the Jacobian of a network of n \(samples), d 10, m \(width) at its start; sparse-sign sketch; the iteration \
        z ← z − Mᵀ(Mz − b) itself with M = RᵀAᵀAR
        """,
      figures: figures,
      remarks: [
        "The slowest part of the error changes by max |1 − λ²| an iteration: "
          + rates.map { "\($0.y.significant(3)) at s = \(Int($0.x)) n" }.joined(separator: ", ")
          + ". RichardsonSolver therefore draws 50 rows a column, and more of narrow systems."
      ],
      plots: [
        Plot(
          title: "Factor of the slowest part of the error in an iteration of Algorithm 2",
          horizontalName: "rows of the sketch per column, s/n", isLogarithmic: true,
          isHorizontallyLogarithmic: true,
          series: [
            Plot.Series(name: "max |1 − λ²|", points: rates),
            Plot.Series(name: "limit of convergence", points: [(4, 1), (100, 1)]),
          ])
      ])
  }
}

import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting

extension Claim {
  /// C7: what the sketch does to the iterations.
  static let innerIterations = Claim(
    id: "C7", title: "inner iterations hardly depend on the conditioning of J",
    statement: """
      Preconditioned with a sketch, conjugate gradients reduce the preconditioned residual in a number of iterations that \
      does not depend on κ(J), and that of AᵀA g = y itself in O(log κ/ε); without a sketch they take ever more.
      """,
    source: "Algorithm 2, with conjugate gradients in the place of its iteration"
  ) { context in
    let columns = context.pick(quick: 100, full: 200)
    let rows = context.pick(quick: 3000, full: 20000)
    let tolerance = 1e-6
    let runs = try (1...7).map { exponent in
      let condition = pow(10, Double(exponent))
      let matrix: Matrix<Double> = try tallMatrix(
        rows: rows, columns: columns, conditionNumber: condition, seed: context.seed)
      return try Iterations(
        SketchedRegression(matrix, seed: context.seed, context), condition: condition,
        SparseSignSketcher(), to: tolerance, context)
    }
    // Near-duplicate inputs are how networks come by an ill-conditioned J.
    let distances = [1, 0.1, 0.01, 0.001]
    let pairs = try distances.map { distance in
      let problem = try WideProblem(
        .init(samples: columns, features: 10, width: context.pick(quick: 4096, full: 8192)),
        pairsAtDistance: distance, seed: context.seed)
      return try Iterations(
        SketchedRegression(problem, seed: context.seed, context), condition: 1 / distance,
        SRHTSketcher(), to: tolerance, context)
    }
    let growth = runs.map(\.sketched).largest / runs.map(\.sketched).smallest
    let allowed = log(1e7 / tolerance) / log(10 / tolerance)
    return Finding(
      ran: """
        \(rows) × \(columns) matrices with geometric spectra, κ(J) = 1e1, …, 1e7, sparse-sign sketch; networks of \
        n \(columns), d 10, whose inputs come in pairs at distances of about 1, 0.1, 0.01, 0.001, SRHT; 4 rows a column; \
        to a relative residual of \(tolerance)
        """,
      figures: [
        Figure(
          "most iterations divided by fewest, to a preconditioned residual, κ(J) = 1e1, …, 1e7",
          runs.map(\.preconditioned).largest / runs.map(\.preconditioned).smallest, .atMost(1.5),
          basis: .counted),
        Figure(
          "the same to the residual itself, as a share of the growth of log(κ/ε)", growth / allowed,
          .atMost(1.1), basis: .counted),
        Figure(
          "most iterations divided by fewest, to the residual itself, near-duplicate inputs",
          pairs.map(\.sketched).largest / pairs.map(\.sketched).smallest, .atMost(1.5),
          basis: .counted),
        Figure(
          "growth of iterations without a sketch, near-duplicate inputs",
          pairs.map(\.plain).largest / pairs.map(\.plain).smallest, .atLeast(5), basis: .counted),
      ],
      remarks: [
        "κ(J) = 1e1, …, 1e7: \(runs.words).",
        "Pairs at distances of 1, 0.1, 0.01, 0.001: \(pairs.words).",
      ],
      plots: [
        runs.plot("Iterations to a residual of \(tolerance)", "κ(J)"),
        pairs.plot(
          "Iterations to a residual of \(tolerance), inputs in pairs", "1 / distance in a pair"),
      ])
  }
}

/// Iterations on one system.
private struct Iterations {
  let condition: Double
  /// Of sketched conjugate gradients, until the preconditioned residual is small.
  let preconditioned: Double
  /// Of the same, until the residual of the system itself is.
  let sketched: Double
  /// Of conjugate gradients without preconditioner; infinite beyond 5000.
  let plain: Double

  init(
    _ regression: SketchedRegression, condition: Double, _ sketcher: some Sketcher,
    to tolerance: Double, _ context: ClaimContext
  ) throws {
    let triangle = try regression.triangle(
      of: sketcher, rows: 4 * regression.order, seed: context.seed)
    self.condition = condition
    preconditioned = regression.preconditioned(by: triangle).iterationsOfConjugateGradients(
      regression.preconditionedTarget(triangle), to: tolerance, atMost: 1000)
    sketched =
      try regression.solve(
        with: SketchedCGSolver(sketcher), to: tolerance, seed: context.seed
      ).iterations
    plain =
      try regression.solve(
        with: ConjugateGradientSolver(maximumIterations: 5000), to: tolerance, seed: context.seed
      ).iterations
  }
}

extension [Iterations] {
  /// All counts.
  fileprivate var words: String {
    func list(_ counts: [Double]) -> String {
      counts.map { $0.isFinite ? $0.significant(4) : "more than 5000" }.joined(separator: ", ")
    }
    return
      "to the preconditioned residual \(list(map(\.preconditioned))) iterations, to that of the system "
      + "\(list(map(\.sketched))), without preconditioner \(list(map(\.plain)))"
  }

  fileprivate func plot(_ title: String, _ horizontalName: String) -> Plot {
    func series(_ name: String, _ count: (Iterations) -> Double) -> Plot.Series {
      Plot.Series(name: name, points: map { ($0.condition, count($0)) })
    }
    return Plot(
      title: title, horizontalName: horizontalName, isLogarithmic: true,
      isHorizontallyLogarithmic: true,
      series: [
        series("no preconditioner", \.plain), series("sketched", \.sketched),
        series("sketched, to the preconditioned residual", \.preconditioned),
      ])
  }
}

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
      measurements: sketchers.map {
        Measurement(
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

  /// C7: what that does to the iterations.
  static let innerIterations = Claim(
    id: "C7", title: "inner iterations do not depend on the conditioning of J",
    statement: """
      Preconditioned with a sketch, conjugate gradients take as many iterations at κ(J) = 10⁷ as at 10; without, they \
      take ever more.
      """,
    source: "Algorithm 2, with conjugate gradients in the place of its iteration"
  ) { context in
    let columns = context.pick(quick: 100, full: 200)
    let rows = context.pick(quick: 3000, full: 20000)
    let exponents = Array(1...7)
    let tolerance = 1e-6
    var sketched: [(iterations: Double, residual: Double)] = []
    var plain: [(iterations: Double, residual: Double)] = []
    for exponent in exponents {
      let matrix: Matrix<Double> = try tallMatrix(
        rows: rows, columns: columns, conditionNumber: pow(10, Double(exponent)),
        seed: context.seed)
      let regression = SketchedRegression(matrix, seed: context.seed, context)
      sketched.append(
        try regression.solve(
          with: SketchedCGSolver(SparseSignSketcher()), to: tolerance, seed: context.seed))
      plain.append(
        try regression.solve(
          with: ConjugateGradientSolver(maximumIterations: 5000), to: tolerance,
          seed: context.seed))
    }
    let counts = sketched.map(\.iterations)
    // Near-duplicate inputs are how networks come by an ill-conditioned J.
    let pairs = try [1, 0.1, 0.01, 0.001].map { distance in
      let problem = try WideProblem(
        .init(samples: columns, features: 10, width: context.pick(quick: 4096, full: 8192)),
        pairsAtDistance: distance, seed: context.seed)
      let regression = try SketchedRegression(problem, seed: context.seed, context)
      return (
        sketched: try regression.solve(
          with: SketchedCGSolver(SRHTSketcher()), to: tolerance, seed: context.seed),
        plain: try regression.solve(
          with: ConjugateGradientSolver(maximumIterations: 5000), to: tolerance,
          seed: context.seed)
      )
    }
    let pairCounts = pairs.map(\.sketched.iterations)
    let reached = exponents.filter { plain[$0 - 1].iterations.isFinite }
    return Finding(
      ran: """
        \(rows) × \(columns) matrices with geometric spectra, κ(J) = 1e1, …, 1e7, sparse-sign sketch; \
        networks of n \(columns), d 10, whose inputs come in pairs at distances of about 1, 0.1, 0.01, 0.001, SRHT; 4 \
        rows a column; to a relative residual of \(tolerance)
        """,
      measurements: [
        Measurement(
          "most iterations divided by fewest, κ(J) = 1e1, …, 1e7", counts.largest / counts.smallest,
          .atMost(1.5), basis: .counted),
        Measurement(
          "most iterations divided by fewest, networks with near-duplicate inputs",
          pairCounts.largest / pairCounts.smallest, .atMost(1.5), basis: .counted),
        Measurement(
          "largest true residual ‖AᵀA g − y‖ / ‖y‖",
          (sketched + pairs.map(\.sketched)).map(\.residual).largest, .atMost(2 * tolerance)),
      ],
      remarks: [
        """
        Near-duplicate inputs: \(pairCounts.map { $0.significant(4) }.joined(separator: ", ")) iterations, without \
        preconditioner \(pairs.map { $0.plain.iterations.significant(4) }.joined(separator: ", ")).
        """,
        """
        Given condition numbers: \(counts.map { $0.significant(4) }.joined(separator: ", ")). Without preconditioner: \
        \(plain.map { $0.iterations.isFinite ? $0.iterations.significant(4) : "more than 5000" }
          .joined(separator: ", ")).
        """,
      ],
      plots: [
        Plot(
          title: "Iterations to a relative residual of \(tolerance)", horizontalName: "κ(J)",
          isLogarithmic: true, isHorizontallyLogarithmic: true,
          series: [
            Plot.Series(
              name: "sketched",
              points: exponents.map { (pow(10, Double($0)), sketched[$0 - 1].iterations) }),
            Plot.Series(
              name: "no preconditioner",
              points: reached.map { (pow(10, Double($0)), plain[$0 - 1].iterations) }),
          ])
      ])
  }
}

/// ((√s + √n)/(√s − √n))² for s/n = `rowsPerColumn`.
private func expectedConditionNumber(rowsPerColumn: Double) -> Double {
  let root = rowsPerColumn.squareRoot()
  return pow((root + 1) / (root - 1), 2)
}

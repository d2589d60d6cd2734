import ExampleSupport
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C11: cost of empirical risk against the samples.
  static let riskCostAgainstSamples = Claim(
    id: "C11", title: "empirical risk: a step costs time linear in n",
    statement:
      "A Newton step with a sketched solve takes Õ(nd + d³) operations: at fixed d its time grows linearly with n.",
    source: "theorem on empirical risk minimisation"
  ) { context in
    let features = 40
    let counts = context.pick(
      quick: [8000, 16000, 32000, 64000], full: [16000, 32000, 64000, 128_000, 256_000])
    let sweep = try TimedSweep(
      sizes: counts, shapes: counts.map { ($0, features) }, rounds: context.pick(quick: 5, full: 9),
      context)
    return Finding(
      ran: """
        logistic regression, d \(features), n = \(counts.map(String.init).joined(separator: ", ")); \(words); median \
        seconds of \(stepCount) steps in \(context.pick(quick: 5, full: 9)) rounds
        """,
      figures: [
        Figure(
          "exponent of a sketched Newton step against n", sweep.exponent(0), .within(0.9...1.1),
          basis: .timed)
      ],
      remarks: [sweep.comparison("n")],
      plots: [sweep.plot("Seconds of a step, d \(features)", "samples n")])
  }

  /// C19: cost of empirical risk against the features.
  static let riskCostAgainstFeatures = Claim(
    id: "C19", title: "empirical risk: but for d³, a step costs time linear in d",
    statement: """
      Of the Õ(nd + d³) operations of a sketched Newton step the first part grows linearly with d; forming the Hessian \
      instead takes nd².
      """,
    source: "theorem on empirical risk minimisation"
  ) { context in
    let samples = context.pick(quick: 16000, full: 64000)
    let counts = context.pick(quick: [32, 64, 128], full: [32, 64, 128, 256])
    let rounds = context.pick(quick: 5, full: 9)
    let sweep = try TimedSweep(
      sizes: counts, shapes: counts.map { (samples, $0) }, rounds: rounds, context)
    return Finding(
      ran: """
        logistic regression, n \(samples), d = \(counts.map(String.init).joined(separator: ", ")); \(words); median \
        seconds of \(stepCount) steps in \(rounds) rounds
        """,
      figures: [
        Figure(
          "exponent of a sketched step but for factoring against d",
          sweep.exponent(0, in: [.model, .sketch, .products]), .atMost(1.1), basis: .timed),
        Figure(
          "exponent of factoring the sketch against d",
          sweep.exponent(0, in: [.gram, .factorization]), .atMost(3.1), basis: .timed),
        Figure(
          "exponent of forming the Hessian against d", sweep.exponent(1, in: [.gram]),
          .atMost(2.1), basis: .timed),
      ],
      remarks: [sweep.comparison("d")],
      plots: [sweep.plot("Seconds of a step, n \(samples)", "features d")])
  }
}

private let stepCount = 3

private let words = """
  a new sparse-sign sketch of 4 d rows and CG to 0.1 in each Newton step, exact Newton steps by Cholesky, full-batch \
  gradient steps
  """

private var methods: [TimedSweep.Method] {
  [
    .init(
      name: "sketched",
      optimizer: GaussNewton(
        solver: SketchedCGSolver(SparseSignSketcher(), reuse: .never), innerTolerance: .fixed(0.1))),
    .init(name: "exact", optimizer: GaussNewton(solver: CholeskySolver())),
    .init(name: "gradient", optimizer: StochasticGradientDescent(step: 0.1, batchSize: nil)),
  ]
}

extension TimedSweep {
  /// Sweeps over logistic regressions of given numbers of samples and features.
  fileprivate init(
    sizes: [Int], shapes: [(samples: Int, features: Int)], rounds: Int, _ context: ClaimContext
  ) throws {
    let problems = try shapes.map {
      try RiskProblem(
        samples: $0.samples, features: $0.features, conditionNumber: 100, seed: context.seed)
    }
    try self.init(
      methods, sizes: sizes, objectives: problems.map { ($0.objective, $0.start) },
      steps: stepCount, rounds: rounds, context)
  }

  /// The exponents of whole steps, of the methods beside the sketched one too.
  fileprivate func comparison(_ size: String) -> String {
    """
    Exponents of whole steps against \(size): sketched Newton \(exponent(0).significant(3)), exact Newton \
    \(exponent(1).significant(3)), gradient \(exponent(2).significant(3)).
    """
  }

  fileprivate func plot(_ title: String, _ horizontalName: String) -> Plot {
    Plot(
      title: title, horizontalName: horizontalName, isLogarithmic: true,
      isHorizontallyLogarithmic: true,
      series: methods.enumerated().map { Plot.Series(name: $1.name, points: points($0)) })
  }
}

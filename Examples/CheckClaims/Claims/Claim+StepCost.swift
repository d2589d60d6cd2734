import ExampleSupport
import OptimKit
import OptimKitPlugins

extension Claim {
  /// C3: cost against the width.
  static let costAgainstWidth = Claim(
    id: "C3", title: "a step costs time linear in the width m",
    statement:
      "A step takes Õ(mnd + n³) operations: at fixed n and d its time grows linearly with m.",
    source: "main theorem"
  ) { context in
    let (samples, features) = (64, 16)
    let widths = context.pick(
      quick: [4096, 8192, 16384, 32768, 65536], full: [8192, 16384, 32768, 65536, 131072])
    let sweep = try TimedSweep(
      networkMethods, sizes: widths,
      shapes: widths.map { .init(samples: samples, features: features, width: $0) }, context)
    let factorization = sweep.points(0, in: cubicPhases)
    return Finding(
      ran: """
        n \(samples), d \(features), m = \(widths.map(String.init).joined(separator: ", ")); \(networkWords); \
        \(sweepWords(context))
        """,
      figures: [
        Figure(
          "exponent of a sketched step against m", sweep.exponent(0), .within(0.9...1.1),
          basis: .timed)
      ],
      remarks: [
        sweep.comparison("m"),
        """
        The part of n³, factoring the sketch, takes \(factorization[0].y.significant(2)) s a step at \
        m = \(widths[0]) and \(factorization[factorization.count - 1].y.significant(2)) s at \
        m = \(widths[widths.count - 1]).
        """,
      ],
      plots: [sweep.plot("Seconds of a step, n \(samples), d \(features)", "width m")])
  }

  /// C15: cost against samples and features.
  static let costAgainstSamples = Claim(
    id: "C15", title: "but for n³, a step costs time linear in n and in d",
    statement: """
      Of the Õ(mnd + n³) operations of a step the first part grows linearly with n and with d, and what is left is the \
      factorization of a matrix of order n; forming the Gram matrix instead takes mn².
      """,
    source: "main theorem, and its comparison with CGH+19 and ZMG19"
  ) { context in
    let (features, width) = (16, context.pick(quick: 8192, full: 32768))
    let counts = context.pick(quick: [64, 128, 256], full: [64, 128, 256, 512])
    let bySamples = try TimedSweep(
      networkMethods, sizes: counts,
      shapes: counts.map { .init(samples: $0, features: features, width: width) }, context)
    let (samples, narrow) = (128, context.pick(quick: 4096, full: 16384))
    let dimensions = context.pick(quick: [16, 32, 64], full: [16, 32, 64, 128])
    let byFeatures = try TimedSweep(
      networkMethods, sizes: dimensions,
      shapes: dimensions.map { .init(samples: samples, features: $0, width: narrow) }, context)
    func measure(
      _ words: String, _ sweep: TimedSweep, _ method: Int, _ phases: [Phase]? = nil,
      atMost limit: Double
    ) -> Figure {
      let value = phases.map { sweep.exponent(method, in: $0) } ?? sweep.exponent(method)
      return Figure("exponent of \(words)", value, .atMost(limit), basis: .timed)
    }
    return Finding(
      ran: """
        against n = \(counts.map(String.init).joined(separator: ", ")) at d \(features), m \(width); against d = \
        \(dimensions.map(String.init).joined(separator: ", ")) at n \(samples), m \(narrow); \(networkWords); \
        \(sweepWords(context))
        """,
      figures: [
        measure(
          "a sketched step but for factoring against n", bySamples, 0, linearPhases, atMost: 1.1),
        measure("factoring the sketch against n", bySamples, 0, cubicPhases, atMost: 3.1),
        measure("forming the exact Gram matrix against n", bySamples, 1, [.gram], atMost: 2.1),
        measure(
          "a sketched step but for factoring against d", byFeatures, 0, linearPhases, atMost: 1.1),
      ],
      remarks: [
        bySamples.comparison("n"), byFeatures.comparison("d"),
        """
        At n \(counts[counts.count - 1]) a step takes \(bySamples.seconds[0].last?.significant(2) ?? "-") s sketched, \
        \(bySamples.seconds[1].last?.significant(2) ?? "-") s exact and \
        \(bySamples.seconds[2].last?.significant(2) ?? "-") s as a gradient step: the Gram matrix of activation bits has \
        the larger exponent and, at such sizes, by far the smaller constant.
        """,
      ],
      plots: [
        bySamples.plot("Seconds of a step, d \(features), m \(width)", "samples n"),
        byFeatures.plot("Seconds of a step, n \(samples), m \(narrow)", "features d"),
      ])
  }
}

/// Where time grows with m n d: evaluating, sketching and multiplying.
private let linearPhases: [Phase] = [.model, .sketch, .products]

/// Where time grows with n³: the Gram matrix of the sketch and its factorization.
private let cubicPhases: [Phase] = [.gram, .factorization]

private let networkWords =
  "a new SRHT sketch of 4 n rows and CG to 0.1 in each step, exact steps by Cholesky, full-batch gradient steps"

private var networkMethods: [TimedSweep.Method] {
  [
    .init(
      name: "sketched",
      optimizer: GaussNewton(
        solver: SketchedCGSolver(SRHTSketcher(), reuse: .never), innerTolerance: .fixed(0.1))),
    .init(name: "exact", optimizer: GaussNewton(solver: CholeskySolver())),
    .init(name: "gradient", optimizer: StochasticGradientDescent(step: 0.1, batchSize: nil)),
  ]
}

private func sweepWords(_ context: ClaimContext) -> String {
  "median seconds of \(stepCount) steps in \(context.pick(quick: 3, full: 5)) rounds"
}

private let stepCount = 3

extension TimedSweep {
  fileprivate init(
    _ methods: [Method], sizes: [Int], shapes: [WideProblem.Shape], _ context: ClaimContext
  ) throws {
    let problems = try shapes.map { try WideProblem($0, seed: context.seed) }
    try self.init(
      methods, sizes: sizes, objectives: problems.map { ($0.objective, $0.start) },
      steps: stepCount, rounds: context.pick(quick: 3, full: 5), context)
  }

  /// The exponents of whole steps, of the methods beside the sketched one too.
  fileprivate func comparison(_ size: String) -> String {
    """
    Exponents of whole steps against \(size): sketched \(exponent(0).significant(3)), exact \
    \(exponent(1).significant(3)), gradient \(exponent(2).significant(3)).
    """
  }

  fileprivate func plot(_ title: String, _ horizontalName: String) -> Plot {
    Plot(
      title: title, horizontalName: horizontalName, isLogarithmic: true,
      isHorizontallyLogarithmic: true,
      series: networkMethods.enumerated().map { Plot.Series(name: $1.name, points: points($0)) })
  }
}

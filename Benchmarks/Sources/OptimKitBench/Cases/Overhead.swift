import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins

/// Case i: what a run costs beside the work of its steps. Measured in the conductor's own process, without peers.
enum Overhead {
  private static let introduction = """
    What the run loop, stopping, counting and observers cost. Above, one training in three ways that take turns: the \
    optimizer's steps in a bare loop; `minimize` with four criteria; the same with every observer of the library. The share of \
    observers is that of the summary, which times them; counting is the cost of booking one operation times their number. Below, \
    fits of \(SmallFit.parameterCount) parameters to \(SmallFit.pointCount) points, the best of \(SmallFit.batchCount) batches: \
    microseconds an iteration for everything, set-up of the fit included; for the model's functions alone; for matrices, \
    factorizations and products, as the summary times them; and for the rest, the framework.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("What running costs", introduction)
    let training = try WatchedTraining(options)
    section.tables.append((training.title, try training.table(runs: options.runCount)))
    section.tables.append(
      ("Small fits", try SmallFit.table(fits: options.quick ? 200 : 1000)))
    return section
  }
}

/// A training of about a second with many short steps.
private struct WatchedTraining {
  let objective: LeastSquares<TwoLayerReLU<Double>>
  let start: [Double]
  let steps: Int
  let title: String
  private let optimizer = Nesterov()

  init(_ options: Options) throws {
    let (samples, features, width) = options.quick ? (256, 32, 4096) : (512, 64, 8192)
    steps = options.quick ? 100 : 200
    title = "\(steps) Nesterov steps, n \(samples), d \(features), m \(width)"
    let random = RandomKey(seed: 1, purpose: "overhead")
    var values = [Double](repeating: 0, count: samples * features)
    var span = values.mutableSpan
    random.fillNormal(&span)
    var targets = [Double](repeating: 0, count: samples)
    var targetSpan = targets.mutableSpan
    random.with(iteration: 1).fillNormal(&targetSpan)
    let network = try TwoLayerReLU(
      features: Matrix(rowCount: samples, columnCount: features, storage: values), width: width,
      seed: 1)
    objective = try LeastSquares(network, targets: targets)
    start = network.initialParameters(seed: 1)
  }

  func table(runs: Int) throws -> Table {
    var (bare, plain, watched): ([Double], [Double], [Double]) = ([], [], [])
    var summary: RunSummary?
    // One to warm up.
    for run in 0...runs {
      let seconds = (try runBare(), try runPlain(), try runWatched())
      guard run > 0 else { continue }
      bare.append(seconds.0)
      plain.append(seconds.1)
      watched.append(seconds.2.seconds)
      summary = seconds.2
    }
    var table = Table(header: ["", "seconds", "ratio"])
    for (name, seconds) in [
      ("steps in a bare loop", bare), ("`minimize`, four criteria", plain),
      ("`minimize`, four criteria, seven observers", watched),
    ] {
      table.rows.append(
        [
          name, Table.seconds(median(seconds)),
          String(format: "%.4f", median(seconds) / median(bare)),
        ])
    }
    if let summary {
      let observing = (summary.phases[.observing] ?? 0) / summary.seconds
      let counts = summary.counts
      let operations =
        counts.evaluations + counts.linearizations + counts.jacobianProducts
        + counts.transposedJacobianProducts
      let counting = Self.bookingSeconds * Double(operations) / summary.seconds
      table.rows.append(["observers' share", "", String(format: "%.4f", observing)])
      table.rows.append(
        ["counting's share, \(operations) operations", "", String(format: "%.6f", counting)])
    }
    return table
  }

  private func runBare() throws -> Double {
    try time {
      let stepper = try optimizer.makeStepper(
        for: CountedObjective<Double>(objective), from: start,
        key: RandomKey(seed: 0, purpose: .sketch))
      for _ in 0..<steps { _ = try stepper.step() }
    }
  }

  private func runPlain() throws -> Double {
    try time { _ = try minimize(objective, from: start, using: optimizer, until: stopping) }
  }

  private func runWatched() throws -> RunSummary {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-overhead-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let observers: [any Observer] = [
      TerminalProgress(output: .nullDevice), JSONLinesLog(folder.appending(path: "a.jsonl")),
      CSVLog(folder.appending(path: "a.csv")), RunHistory<Double>(), RunEvents(),
      ConvergencePlot(folder.appending(path: "a.svg")),
      HTMLReport(folder.appending(path: "a.html")),
    ]
    return try minimize(
      objective, from: start, using: optimizer, until: stopping, observers: observers
    ).summary
  }

  private var stopping: [StoppingCriterion] {
    [
      .iterations(steps), .relativeLoss(1e-300) && .relativeStep(1e-300), .elapsedSeconds(1e6),
      .when("never") { _ in false },
    ]
  }

  /// Seconds to book one operation.
  private static let bookingSeconds: Double = {
    let ledger = RunLedger()
    let count = 1_000_000
    var sum = 0
    let seconds = try? time { for i in 0..<count { sum += ledger.measure(.model) { i } } }
    return (seconds ?? .nan) / Double(max(count, sum & 1))
  }()
}

/// Fits of few parameters, in which nothing but the framework takes time.
private enum SmallFit {
  static let parameterCount = 10
  static let pointCount = 20
  static let batchCount = 5

  private static let optimizers: [any Optimizer] = [
    GaussNewton(solver: CholeskySolver()),
    GaussNewton(solver: CholeskySolver(), stepControl: .backtracking),
    GaussNewton(solver: ConjugateGradientSolver()),
    LevenbergMarquardt(), LBFGS(), GradientDescent(),
  ]

  static func table(fits: Int) throws -> Table {
    var table = Table(header: [
      "optimizer", "iterations", "µs", "model: µs", "algebra: µs", "framework: µs",
    ])
    let objective = try SmallModel.objective()
    let parameters = [Double](repeating: 0.1, count: parameterCount)
    let evaluation = try unitSeconds { _ = try objective.value(at: parameters.span) }
    let linearization = try unitSeconds { _ = try objective.linearize(at: parameters.span) }
    for optimizer in optimizers {
      table.rows.append(
        try row(optimizer, objective, fits, evaluation: evaluation, linearization: linearization))
    }
    return table
  }

  private static func row(
    _ optimizer: some Optimizer, _ objective: LeastSquares<SmallModel>, _ fits: Int,
    evaluation: Double, linearization: Double
  ) throws -> [String] {
    let start = [Double](repeating: 0, count: parameterCount)
    func fit() throws -> RunSummary {
      try minimize(objective, from: start, using: optimizer, until: [.iterations(8)]).summary
    }
    let summary = try fit()
    let iterations = Double(max(1, summary.iterations))
    var (all, algebra) = (Double.infinity, 0.0)
    for _ in 0..<batchCount {
      var sum = 0.0
      let seconds = try time { for _ in 0..<fits { sum += algebraSeconds(try fit()) } }
      let share = seconds / Double(fits) / iterations
      if share < all { (all, algebra) = (share, sum / Double(fits) / iterations) }
    }
    let model =
      (Double(summary.counts.evaluations) * evaluation
        + Double(summary.counts.linearizations) * linearization) / iterations
    return [
      optimizer.details.isEmpty ? optimizer.name : "\(optimizer.name), \(optimizer.details)",
      "\(summary.iterations)", microseconds(all), microseconds(model), microseconds(algebra),
      microseconds(all - model - algebra),
    ]
  }

  private static func algebraSeconds(_ summary: RunSummary) -> Double {
    let phases: [Phase] = [.gram, .sketch, .factorization, .products, .solver]
    return phases.reduce(0) { $0 + (summary.phases[$1] ?? 0) }
  }

  private static func unitSeconds(_ body: () throws -> Void) throws -> Double {
    let count = 2000
    let best = try (0..<batchCount).map { _ in
      try time { for _ in 0..<count { try body() } }
    }.min()
    return (best ?? .nan) / Double(count)
  }

  private static func microseconds(_ seconds: Double) -> String {
    String(format: "%.1f", seconds * 1e6)
  }
}

private func time(_ body: () throws -> Void) throws -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .seconds(1)
}

private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

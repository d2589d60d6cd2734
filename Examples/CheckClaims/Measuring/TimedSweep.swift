import OptimKit

/// Seconds of a step of several optimizers on objectives of growing size.
///
/// Sizes and optimizers take turns, round after round, so that a machine that slows down for a while slows all of them;
/// medians over steps and rounds are what counts.
struct TimedSweep {
  /// An optimizer and what to call it.
  struct Method {
    let name: String
    let optimizer: any Optimizer
  }

  /// Median seconds of a step: one row a method, one column a size.
  let seconds: [[Double]]
  /// Median seconds of a step in each phase.
  let phases: [[[Phase: Double]]]
  private let sizes: [Double]

  /// Measures `steps` steps, `rounds` times.
  ///
  /// - Parameter objectives: One a size, with its start.
  init(
    _ methods: [Method], sizes: [Int],
    objectives: [(objective: any Objective<Double>, start: [Double])], steps: Int, rounds: Int,
    _ context: ClaimContext
  ) throws {
    var all = methods.map { _ in sizes.map { _ in [Double]() } }
    var parts = methods.map { _ in sizes.map { _ in [[Phase: Double]]() } }
    // The first round is not measured: threads start, memory comes in.
    for round in 0...rounds {
      for (place, problem) in objectives.enumerated() {
        for (number, method) in methods.enumerated() {
          let summary = try Self.run(
            problem.objective, problem.start, method.optimizer, steps, context)
          guard round > 0 else { continue }
          let moments = summary.history.map(\.elapsedSeconds)
          all[number][place] += zip(moments, moments.dropFirst()).map { $1 - $0 }
          parts[number][place].append(
            summary.phases.mapValues { $0 / Double(max(1, summary.iterations)) })
        }
      }
    }
    seconds = all.map { $0.map(\.median) }
    phases = parts.map { row in
      row.map { rounds in
        Dictionary(
          uniqueKeysWithValues: Phase.allCases.map { phase in
            (phase, rounds.map { $0[phase] ?? 0 }.median)
          })
      }
    }
    self.sizes = sizes.map(Double.init)
  }

  private static func run<O: Objective>(
    _ objective: O, _ start: [Double], _ optimizer: some Optimizer, _ steps: Int,
    _ context: ClaimContext
  ) throws -> RunSummary where O.Scalar == Double {
    let summary = try minimize(
      objective, from: start, using: optimizer, until: [.iterations(steps)],
      cancellation: context.cancellation, seed: context.seed
    ).summary
    try context.cancellation.check()
    return summary
  }

  /// Size and median seconds of a step.
  func points(_ method: Int) -> [(x: Double, y: Double)] {
    Array(zip(sizes, seconds[method])).map { $0 }
  }

  /// Size and median seconds of a step in some phases.
  func points(_ method: Int, in phases: [Phase]) -> [(x: Double, y: Double)] {
    zip(sizes, self.phases[method]).map { size, seconds in
      (size, phases.reduce(0) { $0 + (seconds[$1] ?? 0) })
    }
  }

  /// The exponent with which seconds of a step grow with the size.
  func exponent(_ method: Int) -> Double { LineFit.powerLaw(points(method)).slope }

  /// The same of the seconds in some phases.
  func exponent(_ method: Int, in phases: [Phase]) -> Double {
    LineFit.powerLaw(points(method, in: phases)).slope
  }
}

import Foundation

/// Case g: the automatic solver beside every fixed choice that makes sense, over a grid of shapes.
enum AutomaticGrid {
  private static let tolerance = 1e-6

  private static let introduction = """
    The automatic solver beside fixed choices: single dense regressions to a relative residual of 10⁻⁶, \
    preparation included, and trainings as in the training race. A fixed choice counts where it reaches the \
    tolerance. The ratio is that of automatic seconds to those of the best fixed choice: what not knowing costs.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("The automatic choice", introduction)
    var table = Table(header: ["problem", "automatic: s", "best fixed choice", "s", "ratio"])
    for problem in regressions(options) {
      let arrays = try ArrayFolder.regression(
        rows: problem.rows, columns: problem.columns, conditionNumber: problem.conditionNumber)
      var race = try Race(
        String(format: "%d × %d, κ %.0e", problem.rows, problem.columns, problem.conditionNumber),
        regressionContestants, on: arrays.paths, options)
      race.checkNormalResiduals(tolerance)
      table.rows.append(row(race))
    }
    for shape in shapes(options) {
      let arrays = try ArrayFolder.training(shape)
      var race = try Race(shape.title, trainingContestants, on: arrays.paths, options)
      race.checkTolerances()
      table.rows.append(row(race))
    }
    section.tables.append(("Medians", table))
    return section
  }

  private static let regressionContestants: [Contestant] = [
    .regression(.automatic, tolerance: tolerance),
    .regression(.exact, tolerance: tolerance),
    .regression(.qr, tolerance: tolerance),
    .regression(.sketchedCG, sketch: .sparseSign, tolerance: tolerance),
    .regression(.sketchedCG, sketch: .srht, tolerance: tolerance),
    .regression(.sketchedLSQR, sketch: .sparseSign, tolerance: tolerance),
    .regression(.conjugateGradient, tolerance: tolerance),
  ]

  private static let trainingContestants: [Contestant] = [
    .training(.automatic), .training(.exact), .training(.conjugateGradient),
    .training(.sketchedCG, sketch: .tensor), .training(.sketchedCG, sketch: .srht),
    .training(.sketchedCG, sketch: .neuronSampling),
  ]

  private static func regressions(
    _ options: Options
  ) -> [(rows: Int, columns: Int, conditionNumber: Double)] {
    options.quick
      ? [(5000, 200, 1e2), (5000, 200, 1e9), (200, 5000, 1e4), (20_000, 30, 1e4)]
      : [
        (20_000, 500, 1e2), (20_000, 500, 1e6), (20_000, 500, 1e10), (500, 20_000, 1e4),
        (1000, 1000, 1e3), (100_000, 50, 1e4), (3000, 1500, 1e5), (1000, 40, 1e8),
      ]
  }

  private static func shapes(_ options: Options) -> [NetworkShape] {
    options.quick
      ? [NetworkShape(samples: 256, features: 16, width: 4096)]
      : [
        NetworkShape(samples: 512, features: 64, width: 8192),
        NetworkShape(samples: 1500, features: 16, width: 16384),
        NetworkShape(samples: 300, features: 500, width: 2048),
      ]
  }

  /// One row of the table.
  private static func row(_ race: Race) -> [String] {
    let sound = race.outcomes.dropFirst().filter { $0.doubt == nil && $0.median != nil }
    let automatic = race.outcomes.first
    guard let seconds = automatic?.median, automatic?.doubt == nil,
      let best = sound.min(by: { $0.median! < $1.median! }), let least = best.median
    else { return [race.title, automatic?.doubt ?? automatic?.failure ?? "–", "–", "–", "–"] }
    return [
      race.title, Table.seconds(seconds), best.contestant.label, Table.seconds(least),
      String(format: "%.2f", seconds / least),
    ]
  }
}

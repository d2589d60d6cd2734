import Foundation

/// Case d: how the cost of training grows with the width and with the samples.
enum Scaling {
  private static let stepCount = 3

  private static let introduction = """
    Seconds per Gauss-Newton step and peak memory over the first \(stepCount) steps of trainings as in the \
    training race; the sketch is kept from step to step while it pays. The exponent is that of a power law fitted \
    to all rows.
    """

  private static let contestants = [
    Contestant.training(.sketchedCG, sketch: .tensor).limited(toSteps: stepCount),
    Contestant.training(.exact).limited(toSteps: stepCount),
  ]

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Scaling", introduction)
    let features = 8
    let samples = options.quick ? 256 : 1024
    let widths = (options.quick ? 11...15 : 14...20).map { 1 << $0 }
    let byWidth = try races(
      widths.map { NetworkShape(samples: samples, features: features, width: $0) }, options)
    let width = options.quick ? 1 << 13 : 1 << 16
    let counts = (options.quick ? 6...9 : 8...12).map { 1 << $0 }
    let bySamples = try races(
      counts.map { NetworkShape(samples: $0, features: features, width: width) }, options)

    section.addSweep(byWidth, widths, "m", "n \(samples), d \(features)")
    section.addSweep(bySamples, counts, "n", "d \(features), m \(width)")
    let chart = LineChart(panels: [
      panel("n \(samples), d \(features)", "width m", widths, byWidth),
      panel("d \(features), m \(width)", "samples n", counts, bySamples),
    ])
    section.figure = Section.Figure(
      name: "performance-scaling.svg",
      description: "Seconds per step against width and against samples, logarithmic axes",
      svg: chart.svg)
    return section
  }

  private static func races(_ shapes: [NetworkShape], _ options: Options) throws -> [Race] {
    try shapes.map { shape in
      let arrays = try ArrayFolder.training(shape)
      return try Race(shape.title, contestants, on: arrays.paths, options)
    }
  }

  private static func panel(
    _ title: String, _ horizontal: String, _ sizes: [Int], _ races: [Race]
  ) -> LineChart.Panel {
    LineChart.Panel(
      title: title, horizontal: horizontal, vertical: "seconds per step",
      lines: contestants.indices.map { index in
        LineChart.Line(
          name: contestants[index].label,
          points: zip(sizes, races).compactMap { size, race in
            race.outcomes[index].secondsPerStep.map { (Double(size), $0) }
          })
      })
  }
}

extension Race.Outcome {
  /// The median divided by the outer steps.
  fileprivate var secondsPerStep: Double? {
    guard let median, let losses = last?.losses, losses.count > 1 else { return nil }
    return median / Double(losses.count - 1)
  }
}

extension Section {
  /// One row a size, two columns a contestant, and the fitted exponents below.
  fileprivate mutating func addSweep(
    _ races: [Race], _ sizes: [Int], _ symbol: String, _ fixed: String
  ) {
    guard let contestants = races.first?.outcomes.map(\.contestant) else { return }
    var table = Table(
      header: [symbol]
        + contestants.flatMap { ["\($0.label): s per step", "peak MB"] })
    for (size, race) in zip(sizes, races) {
      table.rows.append(
        [String(size)]
          + race.outcomes.flatMap { outcome in
            [
              outcome.secondsPerStep.map(Table.seconds) ?? outcome.failure ?? "–",
              Table.megabytes(outcome.peakBytes),
            ]
          })
    }
    let exponents = contestants.indices.flatMap { index in
      let points = zip(sizes, races).compactMap { size, race in
        race.outcomes[index].secondsPerStep.map { (x: Double(size), y: $0) }
      }
      return [PowerLaw(points).map { String(format: "%.2f", $0.exponent) } ?? "–", ""]
    }
    table.rows.append(["exponent"] + exponents)
    tables.append((fixed, table))
    note(races)
  }
}

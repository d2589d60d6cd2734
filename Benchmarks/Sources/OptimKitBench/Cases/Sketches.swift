/// Case f: what it costs to draw and apply each sketch.
enum Sketches {
  private static let introduction = """
    Seconds to draw a sketch of 4 rows a column and to apply it, double precision: to a dense tall matrix, and to \
    the Jacobian of a two-layer ReLU network, whose rows are Kronecker products. Ratios are to the fastest.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Sketches", introduction)
    let (rows, columns) = options.quick ? (20_000, 100) : (100_000, 250)
    let shape =
      options.quick
      ? NetworkShape(samples: 128, features: 8, width: 2048)
      : NetworkShape(samples: 512, features: 32, width: 8192)
    let contestants = SketchChoice.allCases.filter { $0 != .neuronSampling }.map {
      Contestant(
        library: .optimKit, label: $0.rawValue, method: "sketch",
        options: TaskOptions(sketch: $0.rawValue))
    }
    let matrix = try ArrayFolder.regression(rows: rows, columns: columns, conditionNumber: 1e3)
    let network = try ArrayFolder.training(shape)
    for (title, arrays) in [("\(rows) × \(columns)", matrix), (shape.title, network)] {
      let race = try Race(title, contestants, on: arrays.paths, options)
      section.add(race, [.metric("rows", "rows", "%.0f")])
    }
    return section
  }
}

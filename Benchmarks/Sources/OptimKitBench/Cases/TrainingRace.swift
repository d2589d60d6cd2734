import Foundation

/// Case a: whole trainings of the two-layer ReLU network, by OptimKit and by the same method in NumPy,
/// PyTorch and JAX.
enum TrainingRace {
  private static let introduction = """
    Seconds from arrays in memory to weights whose loss is at most 10⁻¹⁰ of the initial one, double precision \
    unless told otherwise. Random data: Gaussian rows of unit length, targets uniform on −1..<1, standard normal \
    weights. Peers take exact Gauss-Newton steps, as an expert would write them: Gram matrix \
    (X Xᵀ) ∘ (B Bᵀ) / m with B Bᵀ in single precision, where it is exact, then Cholesky; buffers are allocated \
    before, JAX is compiled before. Their losses must agree with those of OptimKit's exact solver step by step. \
    The last row is no training: it is the time that the rates of the machine allow for one with exact steps in \
    double precision, its products at the rate of a large `dgemm`, bits at that of the kernel that counts them, and \
    Cholesky factorizations, all measured in the same run.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Training race", introduction)
    let small = NetworkShape(samples: 64, features: 8, width: 512)
    let agreement = try race(small, contestants.filter { $0.options.scalar == "double" }, options)
    section.tables.append(("Losses at \(small.title), before each step", losses(agreement)))
    section.note([agreement])
    var rates = Table(
      header: [
        "shape", "`dgemm`: 10⁹/s", "pairs of bits: 10¹²/s", "Cholesky: 10⁹/s", "rates allow: s",
        "OptimKit automatic: s", "of what rates allow", "best peer: s", "times as long",
      ])
    for shape in shapes(options) {
      let race = try race(shape, contestants + [machineRates], options)
      section.add(
        race, [.steps, .metric("innerIterations", "inner iterations", "%.0f"), .relativeLoss])
      rates.rows.append(rateRow(race))
    }
    section.tables.append(("Beside the best peer, and beside the machine's rates", rates))
    return section
  }

  private static let machineRates = Contestant(
    library: .optimKit, label: "(the machine's rates for that work)", method: "machine-rates")

  private static let contestants: [Contestant] =
    [
      .training(.automatic),
      .training(.automatic, scalar: "float"),
      .training(.exact),
      .training(.sketchedCG, sketch: .tensor),
      .training(.sketchedCG, sketch: .srht),
    ]
    + [Contestant.Library.numpy, .torch, .jax].map {
      Contestant(library: $0, label: $0.title, method: "train")
    }

  private static func shapes(_ options: Options) -> [NetworkShape] {
    guard options.shapes.isEmpty else { return options.shapes }
    return options.quick
      ? [
        NetworkShape(samples: 512, features: 64, width: 4096),
        NetworkShape(samples: 500, features: 784, width: 1024),
      ]
      : [
        NetworkShape(samples: 512, features: 64, width: 8192),
        NetworkShape(samples: 1000, features: 100, width: 10000),
        NetworkShape(samples: 2000, features: 32, width: 32768),
        NetworkShape(samples: 1000, features: 784, width: 4096),
      ]
  }

  private static func race(
    _ shape: NetworkShape, _ contestants: [Contestant], _ options: Options
  ) throws -> Race {
    let arrays = try ArrayFolder.training(shape)
    var race = try Race(shape.title, contestants, on: arrays.paths, options)
    race.checkTolerances()
    race.checkAgreement()
    return race
  }

  /// The automatic choice beside the best peer and what the machine allows.
  private static func rateRow(_ race: Race) -> [String] {
    let allowed = race.outcomes.last
    let automatic = race.outcomes.first.flatMap { $0.doubt == nil ? $0.median : nil }
    let peer = race.outcomes.filter { $0.contestant.library != .optimKit && $0.doubt == nil }
      .compactMap(\.median).min()
    func rate(_ name: String, _ format: String) -> String {
      allowed?.metric(name).map { String(format: format, $0) } ?? "–"
    }
    func seconds(_ value: Double?) -> String { value.map(Table.seconds) ?? "–" }
    func ratio(_ value: Double?, to other: Double?) -> String {
      guard let value, let other else { return "–" }
      return String(format: "%.2f", value / other)
    }
    return [
      race.title, rate("gigaflops", "%.0f"), rate("pairs", "%.2f"), rate("cholesky", "%.0f"),
      seconds(allowed?.median), seconds(automatic), ratio(automatic, to: allowed?.median),
      seconds(peer), ratio(peer, to: automatic),
    ]
  }

  /// One row a contestant, one column a step.
  private static func losses(_ race: Race) -> Table {
    let count = race.outcomes.compactMap { $0.last?.losses?.count }.max() ?? 0
    var table = Table(header: [""] + (0..<count).map(String.init))
    for outcome in race.outcomes {
      let losses = outcome.last?.losses ?? []
      let cells = losses.map { String(format: "%.9e", $0) }
      let remark = outcome.doubt ?? outcome.failure
      table.rows.append(
        [outcome.contestant.label + (remark.map { ": **\($0)**" } ?? "")] + cells
          + Array(repeating: "–", count: count - cells.count))
    }
    return table
  }
}

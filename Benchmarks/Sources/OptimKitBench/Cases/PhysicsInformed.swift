import Foundation

/// Case j: a physics-informed network by OptimKit and by Gauss-Newton steps in JAX.
enum PhysicsInformed {
  private static let introduction = """
    −Δu = f on the unit square, u = sin πx sin πy, by a hidden tanh layer, from the same start: 900 points inside and \
    120 on the boundary, whose mean square counts ten times. OptimKit with `.sketchedTrustRegion()` and its defaults; \
    JAX, compiled before, with the singular value decomposition of the whole Jacobian, singular values below 10⁻⁸ of \
    the largest left out, and the best of 31 step lengths. 100 steps each, at width 256 40. Errors are relative L2 errors at 2500 points \
    that training does not see; measuring them is not in the seconds. The last error is that of the point of lowest \
    loss.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("A physics-informed network", introduction)
    var table = Table(header: [
      "width", "seed", "OptimKit: s to 10⁻⁶", "JAX", "ratio", "OptimKit: s to 10⁻⁷", "JAX", "ratio",
      "OptimKit: last error", "JAX",
    ])
    for width in options.quick ? [64] : [64, 256] {
      for seed in options.quick ? 0...0 : 0...2 {
        let title = "width \(width), seed \(seed)"
        guard options.races.map(title.contains) ?? true else { continue }
        let arrays = try ArrayFolder.physics(width: width, seed: seed)
        let limits = TaskOptions(maximumIterations: width > 64 ? 40 : 100)
        var race = try Race(
          title,
          [Contestant.Library.optimKit, .jax].map {
            Contestant(library: $0, label: $0.title, method: "physics", options: limits)
          }, on: arrays.paths, options)
        race.checkErrors(PhysicsGoal.first)
        table.rows.append(["\(width)", "\(seed)"] + row(race))
        section.note([race])
      }
    }
    section.tables.append(("Medians to 10⁻⁶, last runs to 10⁻⁷", table))
    return section
  }

  private static func row(_ race: Race) -> [String] {
    let goals = PhysicsGoal.allCases.flatMap { goal in
      let times = race.outcomes.map { outcome -> Double? in
        guard let last = outcome.metric(goal.metric) else { return nil }
        return goal == .first ? outcome.median : last
      }
      return times.map { $0.map(Table.seconds) ?? "–" } + [
        times[0].flatMap { own in times[1].map { String(format: "%.1f", $0 / own) } } ?? "–"
      ]
    }
    return goals
      + race.outcomes.map { outcome in
        outcome.metric("error").map { String(format: "%.1e", $0) } ?? outcome.failure ?? "–"
      }
  }
}

extension Race {
  /// OptimKit's networks must reach the error that is timed; that others do not is a result.
  fileprivate mutating func checkErrors(_ goal: PhysicsGoal) {
    for index in outcomes.indices where outcomes[index].contestant.library == .optimKit {
      guard let least = outcomes[index].metric("leastError"), !(least <= goal.rawValue) else {
        continue
      }
      outcomes[index].doubt = String(format: "stopped at an error of %.1e", least)
    }
  }
}

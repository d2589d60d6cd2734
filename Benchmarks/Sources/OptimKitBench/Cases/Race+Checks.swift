import Foundation

// A time means nothing where the result is wrong: these checks mark outcomes as doubtful.

extension Race {
  /// Trainings must reach their tolerance.
  mutating func checkTolerances() {
    for index in outcomes.indices {
      guard let losses = outcomes[index].last?.losses, let first = losses.first,
        let last = losses.last
      else { continue }
      let reached = last / first
      guard !(reached <= outcomes[index].contestant.options.tolerance) else { continue }
      outcomes[index].doubt = String(format: "stopped at a relative loss of %.1e", reached)
    }
  }

  /// Exact trainings in double precision must have the same losses as the first of them, step by step, to
  /// rounding: within 10⁻⁶, or 10⁻¹⁶ of the first loss.
  mutating func checkAgreement() {
    let exact = outcomes.indices.filter { outcomes[$0].contestant.isExactTraining }
    guard let reference = exact.compactMap({ outcomes[$0].last?.losses }).first,
      let first = reference.first
    else { return }
    for index in exact {
      guard let losses = outcomes[index].last?.losses else { continue }
      let step = zip(losses, reference).enumerated().first { _, pair in
        !(abs(pair.0 - pair.1) <= 1e-6 * max(pair.1, 1e-10 * first))
      }?.offset
      if losses.count != reference.count || step != nil {
        outcomes[index].doubt = "its loss differs at step \(step ?? reference.count)"
      }
    }
  }

  /// Solutions of a regression must have the least residual norm, to six digits.
  mutating func checkResiduals() {
    guard let least = outcomes.compactMap({ $0.metric("residualNorm") }).min() else { return }
    for index in outcomes.indices {
      guard let norm = outcomes[index].metric("residualNorm"), !(norm <= (1 + 1e-6) * least)
      else { continue }
      outcomes[index].doubt = "its residual is larger"
    }
  }

  /// Fits of a convex risk must reach the gradient asked for, and the same objective.
  ///
  /// Peers end at norms of their own: three times as much is let pass.
  mutating func checkGradients(_ tolerance: Double) {
    let least = outcomes.compactMap { $0.metric("objective") }.min()
    for index in outcomes.indices {
      guard let gradient = outcomes[index].metric("relativeGradient"),
        let objective = outcomes[index].metric("objective"), let least
      else { continue }
      if !(gradient <= 3 * tolerance) {
        outcomes[index].doubt = String(format: "stopped at %.1e", gradient)
      } else if !(objective <= least + 1e-9 * abs(least)) {
        outcomes[index].doubt = "its objective is larger"
      }
    }
  }

  /// Solutions of a regression must reach the accuracy asked for.
  mutating func checkNormalResiduals(_ tolerance: Double) {
    for index in outcomes.indices {
      guard let residual = outcomes[index].metric("normalResidual"),
        !(residual <= 2 * tolerance)
      else { continue }
      outcomes[index].doubt = String(format: "stopped at %.1e", residual)
    }
  }
}

extension Contestant {
  fileprivate var isExactTraining: Bool {
    if library != .optimKit { return method == "train" }
    return method == "dense-gram"
      || method == "train" && options.solver == SolverChoice.exact.rawValue
        && options.scalar == "double"
  }
}

extension Options {
  /// The data that the example brings, or nil where the user brings files.
  var source: Source? { features == nil ? data ?? .digits : nil }

  /// Neurons, where neither option nor file tells: digits at 16384 neurons are wide enough for every
  /// step to halve the loss, as the theory promises; ten outputs take ten times the work.
  var defaultWidth: Int {
    switch source {
    case .digits: 16384
    case .synthetic: 8192
    case .digits10, nil: 4096
    }
  }

  /// The solver to use.
  var chosenSolver: SolverChoice { solver ?? .automatic }

  /// μ. With a ridge an undamped step would pull every weight that the data do not hold to 0 at once,
  /// however small the ridge; see "A ridge and damping" in docs/decisions.md.
  var chosenDamping: Double { damping ?? (ridge > 0 ? 1e-3 : 0) }

  /// The sketch of a solver that draws one.
  var chosenSketch: SketchChoice { sketch ?? .srht }
}

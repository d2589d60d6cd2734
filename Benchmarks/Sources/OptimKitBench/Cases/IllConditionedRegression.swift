/// Case c: SciPy's iterations on an ill-conditioned matrix, to the accuracy that sketched solvers reach.
enum IllConditionedRegression {
  private static let conditionNumber = 1e6
  private static let tolerance = 1e-6

  private static let introduction = """
    min ‖b − A x‖ for a dense A of condition number 10⁶ with geometrically falling singular values, double \
    precision, to ‖Aᵀ(b − A x)‖ / ‖Aᵀb‖ of 10⁻⁶. SciPy stops on estimates: its `atol` is chosen, outside the time, \
    so that it just reaches the same accuracy, within 20 iterations a column.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Ill-conditioned regression", introduction)
    let (rows, columns) = options.quick ? (5000, 200) : (20_000, 500)
    let arrays = try ArrayFolder.regression(
      rows: rows, columns: columns, conditionNumber: conditionNumber)
    let limits = TaskOptions(tolerance: tolerance, maximumIterations: 20 * columns)
    var race = try Race(
      "\(rows) × \(columns)",
      [
        .regression(.automatic, tolerance: tolerance),
        .regression(.sketchedCG, sketch: .sparseSign, tolerance: tolerance),
        .regression(.sketchedLSQR, sketch: .sparseSign, tolerance: tolerance),
        .regression(.exact, tolerance: tolerance),
        Contestant(library: .scipy, label: "SciPy lsqr", method: "lsqr", options: limits),
        Contestant(library: .scipy, label: "SciPy lsmr", method: "lsmr", options: limits),
      ], on: arrays.paths, options)
    race.checkNormalResiduals(tolerance)
    section.add(
      race,
      [
        .metric("iterations", "iterations", "%.0f"),
        .metric("normalResidual", "normal residual", "%.1e"),
        .metric("residualNorm", "residual norm", "%.9g"),
      ])
    return section
  }
}

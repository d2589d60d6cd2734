/// Case b: a large dense regression, by QR and normal equations of the peers and by OptimKit.
enum LargeRegression {
  private static let conditionNumber = 1e6
  private static let tolerance = 1e-10

  private static let introduction = """
    min ‖b − A x‖ for a dense A of condition number 10⁶ with geometrically falling singular values, double \
    precision, preparation included. LAPACK's `dgels` and SciPy's `lstsq` (`gelsd`) get a column-major copy of A \
    to overwrite, made outside the time; all others take A in row-major order as it is. Residual norms must \
    agree to six digits; the normal residual is ‖Aᵀ(b − A x)‖ / ‖Aᵀb‖. Iterations of OptimKit end at 10⁻¹⁰ of it.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Large regression", introduction)
    let (rows, columns) = options.quick ? (50_000, 300) : (200_000, 1000)
    let arrays = try ArrayFolder.regression(
      rows: rows, columns: columns, conditionNumber: conditionNumber)
    var race = try Race(
      "\(rows) × \(columns)",
      [
        .regression(.automatic, tolerance: tolerance),
        .regression(.exact, tolerance: tolerance),
        .regression(.sketchedCG, sketch: .sparseSign, tolerance: tolerance),
        .regression(.sketchedLSQR, sketch: .sparseSign, tolerance: tolerance),
        Contestant(library: .optimKit, label: "LAPACK dgels, same OpenBLAS", method: "dgels"),
        Contestant(library: .scipy, label: "SciPy lstsq", method: "lstsq"),
        Contestant(library: .sklearn, label: "scikit-learn Ridge, Cholesky", method: "ridge"),
      ], on: arrays.paths, options)
    race.checkResiduals()
    section.add(
      race,
      [
        .metric("iterations", "iterations", "%.0f"),
        .metric("residualNorm", "residual norm", "%.9g"),
        .metric("normalResidual", "normal residual", "%.1e"),
      ])
    return section
  }
}

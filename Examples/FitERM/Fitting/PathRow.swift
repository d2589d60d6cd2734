import OptimKit

/// One ridge of a regularisation path, as it is shown.
struct PathRow: Sendable {
  /// λ.
  let ridge: Double
  /// F at the minimum.
  let objective: Double
  /// Twice the loss without the ridge.
  let deviance: Double
  /// The effective number of parameters.
  let effectiveParameterCount: Double?
  /// The steps of the fit.
  let iterations: Int
  /// Whether the fit converged.
  let isConverged: Bool
  /// Mean and standard error of the held-out deviance, where folds were held out.
  var heldOut: (mean: Double, standardError: Double)?
  /// What it was chosen for: "best", or "1 s.e.".
  var mark = ""

  /// The rows of a path.
  static func rows<Scalar: RealScalar>(of path: RegularizationPath<Scalar>) -> [PathRow] {
    path.points.map {
      PathRow(
        ridge: $0.ridge, objective: $0.objective, deviance: $0.deviance,
        effectiveParameterCount: $0.effectiveParameterCount, iterations: $0.iterations,
        isConverged: $0.isConverged)
    }
  }

  /// The rows of a path with its held-out scores.
  static func rows<Scalar: RealScalar>(of selection: RidgeSelection<Scalar>) -> [PathRow] {
    var rows = rows(of: selection.path)
    for i in rows.indices {
      rows[i].heldOut = (selection.means[i], selection.standardErrors[i])
      rows[i].mark = [
        selection.bestIndex == i ? "best" : "",
        selection.oneStandardErrorIndex == i ? "1 s.e." : "",
      ].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    return rows
  }
}

import OptimKit

/// What the first Newton steps of a run are solved with.
///
/// Far from the minimum a step need not be accurate, and a Hessian summed over some of the samples says nearly as much as
/// that over all. With `rowsPerParameter` · p rows, its Cholesky factor preconditions conjugate gradients on the exact
/// Hessian, so that gradients and the accuracy of steps are those of all samples: about log(2/η) / log √(rows per
/// parameter) products with the Hessian for a relative residual of η. It is kept across steps while it is good.
/// As soon as the iterations that the next step is expected to take cost more than a factored Hessian of all samples, the
/// solver of the run takes over, for good; also where the sample is singular or the iterations do not converge.
///
/// Cost of a sample: `rowsPerParameter` · p³ operations, and p³/3 for its factor. Storage: p² scalars, and a block of
/// up to 2²¹.
///
/// Source: Roosta-Khorasani and Mahoney, "Sub-sampled Newton methods", Mathematical Programming 174 (2019); as
/// preconditioner, arXiv 2006.11648.
public enum HessianStart: Hashable, Sendable, Codable {
  /// The solver of the run from the first step.
  case full

  /// The Hessian of so many rows per parameter, more than 1.
  case subsampled(rowsPerParameter: Double)

  /// Of √(n/p) rows per parameter, at least 4 and at most 32, where the solver of the run is the automatic one and
  /// there are at least 10 rows per parameter and 10⁸ operations in a Hessian; full elsewhere.
  case automatic

  /// Throws where there are too few rows.
  func validate() throws {
    guard case .subsampled(let rows) = self, !(rows > 1 && rows.isFinite) else { return }
    throw OptimKitError(
      .invalidArgument, cause: "a Hessian is subsampled with \(rows) rows per parameter",
      remedy: "choose a number above 1, such as 8")
  }

  /// How many rows to sample, or nil for none.
  func rowsPerParameter<Scalar: RealScalar>(
    of solver: some LinearSolver, for objective: CountedObjective<Scalar>
  ) -> Double? {
    switch self {
    case .full: return nil
    case .subsampled(let rows): return rows
    case .automatic:
      let (rows, parameters) = (Double(objective.outputCount), Double(objective.parameterCount))
      guard solver is AutomaticSolver, rows >= 10 * parameters,
        rows * parameters * parameters >= 1e8
      else { return nil }
      return min(32, max(4, (rows / parameters).squareRoot()))
    }
  }
}

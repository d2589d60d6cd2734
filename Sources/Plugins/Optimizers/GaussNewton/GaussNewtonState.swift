import OptimKit

/// What a Gauss-Newton run carries from step to step, beside vectors.
struct GaussNewtonState<Scalar: RealScalar>: Codable, Sendable {
  let iteration: Int
  let firstLoss: Scalar
  let firstRightHandSideNorm: Scalar?
  let firstGradientNorm: Scalar?
  let solver: LinearSolverState?
  /// Of the subsampled Hessian, while it is in use.
  let subsampledRate: Double?
}

import OptimKit

/// A method that solves N z = r by products with N, on the short side of a system.
///
/// - Implementor must: own its vectors, and measure the residual ‖N z − r‖ of the system itself, not that of
///   the preconditioned one.
protocol ShortSideIteration<Scalar>: AnyObject {
  associatedtype Scalar: RealScalar

  /// solution ← z with ‖N z − r‖ ≤ `threshold`, as far as possible.
  func solve(
    _ system: DampedSystem<Scalar>, preconditioner: (any Preconditioner<Scalar>)?,
    rightHandSide r: Span<Scalar>, threshold: Scalar, into solution: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar>
}

/// How a short-side iteration ended.
struct IterationOutcome<Scalar: RealScalar> {
  var status: SolveReport.Status
  var iterations: Int
  /// ‖N z − r‖.
  var residualNorm: Scalar
}

extension DampedSystem {
  /// residual ← r − N z; its norm.
  func residual(
    of z: Span<Scalar>, rightHandSide r: Span<Scalar>, into residual: inout MutableSpan<Scalar>
  ) throws -> Scalar {
    try applyNormal(z, into: &residual)
    Scalar.combine(1, r, plus: -1, into: &residual)
    return Scalar.norm(residual.span)
  }
}

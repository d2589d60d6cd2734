import OptimKit

/// Conjugate gradients, with or without a preconditioner (Hestenes and Stiefel 1952).
///
/// The recurrence carries the true residual r − N z. Rounding makes it drift by some u ‖N‖ times the way that z
/// went, which for a preconditioner of an ill-conditioned system is far longer than z: small eigenvalues are
/// overshot at first. Where the drift could matter for convergence, or is as large as the residual, that is
/// computed by a product, and the iteration starts again from it (van der Vorst and Ye 2000). Where starting again
/// does not halve what was measured last, rounding allows no more.
///
/// ‖N‖ is taken to be the largest pᵀN²p / pᵀNp. For directions p = P⁻¹(…) of a preconditioner, which point to
/// small eigenvalues of N, the Rayleigh quotient would be far too small: N weighs them back, so that this is the
/// mean eigenvalue at least, roughly.
///
/// Storage: 4 short-side vectors.
final class ConjugateGradientIteration<Scalar: RealScalar>: ShortSideIteration, LimitableIteration {
  var maximumIterations: Int
  private var residualBuffer: AlignedBuffer<Scalar>?
  private var directionBuffer: AlignedBuffer<Scalar>?
  private var productBuffer: AlignedBuffer<Scalar>?
  private var preconditionedBuffer: AlignedBuffer<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func solve(
    _ system: DampedSystem<Scalar>, preconditioner: (any Preconditioner<Scalar>)?,
    rightHandSide: Span<Scalar>, threshold: Scalar, into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let count = rightHandSide.count
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    let directionMemory = AlignedBuffer.resize(&directionBuffer, to: count)
    let productMemory = AlignedBuffer.resize(&productBuffer, to: count)
    let preconditionedMemory = AlignedBuffer.resize(&preconditionedBuffer, to: count)
    var r = residualMemory.mutableSpan
    var p = directionMemory.mutableSpan
    var q = productMemory.mutableSpan
    var y = preconditionedMemory.mutableSpan

    Scalar.copy(rightHandSide, into: &r)
    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: Scalar.norm(r.span))
    var operatorNorm = Scalar(0)
    // The length of the way that z went since the residual was measured.
    var way = Scalar(0)
    var rho = Scalar(0)
    var isRestart = true
    var lastMeasured = outcome.residualNorm
    var progress = ProgressWatch(
      initial: outcome.residualNorm, order: count,
      isSketched: preconditioner?.report.sketchSize != nil)

    while outcome.iterations < maximumIterations {
      Scalar.copy(r.span, into: &y)
      preconditioner?.applyInverse(in: &y)
      let previous = rho
      rho = Scalar.dot(r.span, y.span)
      Scalar.combine(1, y.span, plus: isRestart ? 0 : rho / previous, into: &p)
      isRestart = false

      try system.applyNormal(p.span, into: &q)
      let curvature = Scalar.dot(p.span, q.span)
      guard curvature > 0, rho > 0, curvature.isFinite else {
        // Rounding has used up the direction; NaN ends here too and is told apart below.
        outcome.status = .stagnated
        break
      }
      operatorNorm = max(operatorNorm, Scalar.dot(q.span, q.span) / curvature)
      let alpha = rho / curvature
      Scalar.add(alpha, p.span, to: &z)
      Scalar.add(-alpha, q.span, to: &r)
      outcome.iterations += 1
      outcome.residualNorm = Scalar.norm(r.span)

      way += abs(alpha) * Scalar.norm(p.span)
      let drift = 4 * Scalar.ulpOfOne * operatorNorm * way
      if outcome.residualNorm <= threshold, drift <= threshold / 10 {
        outcome.status = .converged
        return outcome
      }
      if outcome.residualNorm <= max(threshold, drift) {
        outcome.residualNorm = try system.residual(
          of: z.span, rightHandSide: rightHandSide, into: &r)
        if outcome.residualNorm <= threshold {
          outcome.status = .converged
          return outcome
        }
        guard outcome.residualNorm < lastMeasured / 2 else {
          outcome.status = .stagnated
          break
        }
        lastMeasured = outcome.residualNorm
        way = 0
        isRestart = true
      }
      if progress.hasStalled(at: outcome.residualNorm) {
        outcome.status = .stagnated
        break
      }
    }

    outcome.residualNorm = try system.residual(of: z.span, rightHandSide: rightHandSide, into: &r)
    guard outcome.residualNorm.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
        remedy: "check the model's derivatives at this point")
    }
    if outcome.residualNorm <= threshold { outcome.status = .converged }
    return outcome
  }
}

/// Tells when a residual has not reached a new minimum for a long time.
struct ProgressWatch<Scalar: RealScalar> {
  private var smallest: Scalar
  private var iterationsSince = 0

  private let patience: Int

  /// What a new minimum has to be below the last, relative to it: residuals that fall for ever, as those that
  /// are minimal over a Krylov space do, may fall by no more than rounding.
  private static var significance: Scalar { Scalar.unitRoundoff.squareRoot() }

  /// Starts from a residual.
  ///
  /// - Parameters:
  ///   - order: k, the order of the system.
  ///   - isSketched: Whether a sketch preconditions. The residual of conjugate gradients may rise before it falls:
  ///     without a good preconditioner for up to 20 k iterations, as measured for κ(A) up to 10⁸ (the gap between
  ///     minima was 52 at k = 25, 916 at 50 and 1441 at 100); with one, 200 are plenty.
  init(initial: Scalar, order: Int, isSketched: Bool) {
    smallest = initial
    patience = isSketched ? 200 : max(200, 20 * order)
  }

  mutating func hasStalled(at residual: Scalar) -> Bool {
    if residual < smallest * (1 - Self.significance) {
      smallest = residual
      iterationsSince = 0
    } else {
      iterationsSince += 1
    }
    return iterationsSince >= patience
  }
}

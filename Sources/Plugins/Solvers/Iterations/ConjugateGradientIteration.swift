import OptimKit

/// Conjugate gradients, with or without a preconditioner (Hestenes and Stiefel 1952).
///
/// The recurrence carries the true residual r − N z. Rounding makes it drift by about
/// u · iterations · ‖N‖ ‖z‖; once that could matter, convergence is confirmed by a product, and the
/// iteration starts again from the recomputed residual where it was premature (van der Vorst and Ye 2000).
///
/// Storage: 4 short-side vectors.
final class ConjugateGradientIteration<Scalar: RealScalar>: ShortSideIteration, LimitableIteration {
  var maximumIterations: Int
  private var residualBuffer: AlignedBuffer<Scalar>?
  private var directionBuffer: AlignedBuffer<Scalar>?
  private var productBuffer: AlignedBuffer<Scalar>?
  private var preconditionedBuffer: AlignedBuffer<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

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
    var rho = Scalar(0)
    var isRestart = true
    var progress = ProgressWatch(initial: outcome.residualNorm)

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
      operatorNorm = max(operatorNorm, curvature / Scalar.dot(p.span, p.span))
      let alpha = rho / curvature
      Scalar.add(alpha, p.span, to: &z)
      Scalar.add(-alpha, q.span, to: &r)
      outcome.iterations += 1
      outcome.residualNorm = Scalar.norm(r.span)

      if outcome.residualNorm <= threshold {
        let drift =
          Scalar.ulpOfOne * Scalar(outcome.iterations + 1) * operatorNorm * Scalar.norm(z.span)
        if drift <= threshold / 10 {
          outcome.status = .converged
          return outcome
        }
        outcome.residualNorm = try system.residual(
          of: z.span, rightHandSide: rightHandSide, into: &r)
        if outcome.residualNorm <= threshold {
          outcome.status = .converged
          return outcome
        }
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

  /// The number of iterations without a new minimum that counts as a stall. Conjugate gradients' residual
  /// may rise for a while before it falls.
  private static var patience: Int { 200 }

  /// What a new minimum has to be below the last, relative to it: residuals that fall for ever, as those that
  /// are minimal over a Krylov space do, may fall by no more than rounding.
  private static var significance: Scalar { Scalar.unitRoundoff.squareRoot() }

  init(initial: Scalar) { smallest = initial }

  mutating func hasStalled(at residual: Scalar) -> Bool {
    if residual < smallest * (1 - Self.significance) {
      smallest = residual
      iterationsSince = 0
    } else {
      iterationsSince += 1
    }
    return iterationsSince >= Self.patience
  }
}

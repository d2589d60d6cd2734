import OptimKit

/// Residuals of LSMR before preconditioning: the vectors that rotations make of u and v, multiplied by Rᵀ.
///
/// - In the primal, the residual Bᵀ(b − B y) of the normal equations is ζ̄ w with the unit vector
///   w ← −s̄ w + c̄ v (w₀ = v₁). Rᵀw follows from Rᵀv, which the process has.
/// - In the dual, M h = ρ (c ū + s u), where ū ← −s ū + c u (ū₁ = u₁), gives M h̄ by the recurrence of h̄, and
///   that is what a step takes off the residual.
///
/// Nothing is kept for a process without a preconditioner.
final class LSMRImages<Scalar: RealScalar> {
  private var rotatedBuffer: AlignedBuffer<Scalar>?
  private var searchBuffer: AlignedBuffer<Scalar>?
  private var residualBuffer: AlignedBuffer<Scalar>?

  /// Starts with the first vectors of a process.
  func load(_ process: GolubKahanProcess<Scalar>) {
    guard process.isPreconditioned else { return }
    let count = process.image.count
    let rotatedMemory = AlignedBuffer.resize(&rotatedBuffer, to: count)
    var rotated = rotatedMemory.mutableSpan
    Scalar.copy(process.image.span, into: &rotated)
    guard process.isDual else { return }
    let searchMemory = AlignedBuffer.resize(&searchBuffer, to: count)
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    var search = searchMemory.mutableSpan
    var residual = residualMemory.mutableSpan
    Scalar.fill(&search, with: 0)
    Scalar.copy(process.image.span, into: &residual)
    Scalar.scale(&residual, by: process.beta)
  }

  /// ‖Rᵀw‖ after a rotation by c̄ and s̄, in the primal.
  func gradientNorm(_ process: GolubKahanProcess<Scalar>, c: Scalar, s: Scalar) -> Scalar {
    let memory = AlignedBuffer.resize(&rotatedBuffer, to: process.image.count)
    var rotated = memory.mutableSpan
    Scalar.combine(c, process.image.span, plus: -s, into: &rotated)
    return Scalar.norm(rotated.span)
  }

  /// The norm of the residual after y ← y + step · h̄, h̄ ← h + momentum · h̄, in the dual.
  func residualNorm(
    _ process: GolubKahanProcess<Scalar>, c: Scalar, s: Scalar, rho: Scalar, momentum: Scalar,
    step: Scalar
  ) -> Scalar {
    let count = process.image.count
    let rotatedMemory = AlignedBuffer.resize(&rotatedBuffer, to: count)
    let searchMemory = AlignedBuffer.resize(&searchBuffer, to: count)
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    var rotated = rotatedMemory.mutableSpan
    var search = searchMemory.mutableSpan
    var residual = residualMemory.mutableSpan
    Scalar.combine(rho * c, rotated.span, plus: momentum, into: &search)
    Scalar.add(rho * s, process.image.span, to: &search)
    Scalar.add(-step, search.span, to: &residual)
    Scalar.combine(c, process.image.span, plus: -s, into: &rotated)
    return Scalar.norm(residual.span)
  }
}

import OptimKit

/// LSQR (Paige and Saunders 1982): the residual of the least-squares problem is minimal over the Krylov
/// space, as with conjugate gradients on the normal equations, which are never formed.
///
/// Storage: a vector of the solution's side, and one of the short side in the dual.
final class LSQRMethod<Scalar: RealScalar>: BidiagonalizationMethod {
  private var directionBuffer: AlignedBuffer<Scalar>?
  private var residualBuffer: AlignedBuffer<Scalar>?

  func run(
    _ process: GolubKahanProcess<Scalar>, _ watch: consuming RunWatch<Scalar>, iterationLimit: Int,
    into y: inout MutableSpan<Scalar>
  ) throws -> Int {
    let directionMemory = AlignedBuffer.resize(&directionBuffer, to: y.count)
    let residualMemory = AlignedBuffer.resize(
      &residualBuffer, to: process.isDual ? process.image.count : 0)
    var direction = directionMemory.mutableSpan
    // In the dual, φ times this is the residual before preconditioning.
    var residual = residualMemory.mutableSpan
    if process.isDual { Scalar.copy(process.image.span, into: &residual) }
    try process.begin()

    Scalar.fill(&y, with: 0)
    Scalar.copy(process.right.span, into: &direction)
    var rhoBar = process.alpha
    var phiBar = process.beta
    var iterations = 0
    while iterations < iterationLimit {
      try process.advance()
      let rho = Scalar.hypotenuse(rhoBar, process.beta)
      guard rho > 0 else { break }
      let c = rhoBar / rho
      let s = process.beta / rho
      Scalar.add(c * phiBar / rho, direction.span, to: &y)
      Scalar.combine(
        1, process.right.span, plus: -s * process.alpha / rho, into: &direction)
      rhoBar = -c * process.alpha
      phiBar *= s
      iterations += 1

      let norms: ResidualNorms<Scalar>
      if process.isDual {
        Scalar.combine(-c, process.image.span, plus: s, into: &residual)
        norms = ResidualNorms(
          residual: phiBar * Scalar.norm(residual.span), preconditioned: phiBar)
      } else {
        let gradient = phiBar * process.alpha * abs(c)
        norms = ResidualNorms(
          residual: gradient * Scalar.norm(process.image.span), preconditioned: gradient)
      }
      if watch.isOver(at: norms) { break }
    }
    return iterations
  }
}

extension RealScalar {
  /// √(a² + b²) without overflow in between.
  static func hypotenuse(_ a: Self, _ b: Self) -> Self {
    let large = max(abs(a), abs(b))
    guard large > 0, large.isFinite else { return large }
    let ratio = min(abs(a), abs(b)) / large
    return large * (1 + ratio * ratio).squareRoot()
  }
}

import OptimKit

/// LSMR (Fong and Saunders 2011): ‖Āᵀ(residual)‖ is minimal over the Krylov space, as with MINRES on the
/// normal equations, which are never formed. With a preconditioner R it is that of B = Ā R⁻¹:
/// ‖R⁻ᵀĀᵀ(residual)‖ is minimal, and in the dual, where B is preconditioned from the left, ‖B R⁻ᵀ(residual)‖.
/// The norms before preconditioning take the residual itself (`LSMRImages`).
///
/// Both fall for ever, in rounding too. What tells that a run has stalled is the residual of LSQR in the same
/// space, |ζ̄| / |c̄| in the notation of the paper, which rises and falls (Cullum and Greenbaum 1996).
///
/// Storage: 2 vectors of the solution's side; with a preconditioner, one of the short side in the primal, and 3
/// in the dual.
final class LSMRMethod<Scalar: RealScalar>: BidiagonalizationMethod {
  private var directionBuffer: AlignedBuffer<Scalar>?
  private var searchBuffer: AlignedBuffer<Scalar>?
  private let images = LSMRImages<Scalar>()

  func run(
    _ process: GolubKahanProcess<Scalar>, _ watch: consuming RunWatch<Scalar>, iterationLimit: Int,
    into y: inout MutableSpan<Scalar>
  ) throws -> Int {
    let directionMemory = AlignedBuffer.resize(&directionBuffer, to: y.count)
    let searchMemory = AlignedBuffer.resize(&searchBuffer, to: y.count)
    var h = directionMemory.mutableSpan
    var hBar = searchMemory.mutableSpan
    try process.begin()

    Scalar.fill(&y, with: 0)
    Scalar.fill(&hBar, with: 0)
    Scalar.copy(process.right.span, into: &h)
    images.load(process)
    // In the notation of the paper, section 3: alphaBar to zetaBar belong to the two rotations.
    var alphaBar = process.alpha
    var zetaBar = process.alpha * process.beta
    var rho = Scalar(1)
    var rhoBar = Scalar(1)
    var cBar = Scalar(1)
    var sBar = Scalar(0)
    var zeta = Scalar(0)
    var residual = LSMRResidual(beta: process.beta)
    var iterations = 0
    while iterations < iterationLimit {
      try process.advance()
      let oldRho = rho
      rho = Scalar.hypotenuse(alphaBar, process.beta)
      guard rho > 0 else { break }
      let c = alphaBar / rho
      let s = process.beta / rho
      let theta = s * process.alpha
      alphaBar = c * process.alpha

      let oldRhoBar = rhoBar
      let oldZeta = zeta
      let thetaBar = sBar * rho
      rhoBar = Scalar.hypotenuse(cBar * rho, theta)
      guard rhoBar > 0 else { break }
      cBar *= rho / rhoBar
      sBar = theta / rhoBar
      zeta = cBar * zetaBar
      zetaBar *= -sBar

      let momentum = -thetaBar * rho / (oldRho * oldRhoBar)
      Scalar.combine(1, h.span, plus: momentum, into: &hBar)
      Scalar.add(zeta / (rho * rhoBar), hBar.span, to: &y)
      Scalar.combine(1, process.right.span, plus: -theta / rho, into: &h)
      iterations += 1

      let norm = residual.next(
        c: c, s: s, thetaBar: thetaBar, rhoBar: rhoBar, oldZeta: oldZeta, zeta: zeta)
      let told = process.isDual ? norm : abs(zetaBar)
      let before =
        !process.isPreconditioned
        ? told
        : process.isDual
          ? images.residualNorm(
            process, c: c, s: s, rho: rho, momentum: momentum, step: zeta / (rho * rhoBar))
          : told * images.gradientNorm(process, c: cBar, s: sBar)
      // At |c̄| = 0 the iteration stands still for a step.
      let progress = process.isDual ? told : told / max(abs(cBar), Scalar.leastNormalMagnitude)
      if watch.isOver(
        at: ResidualNorms(residual: before, preconditioned: told), progress: progress)
      {
        break
      }
    }
    return iterations
  }
}

/// The norm of the residual in LSMR, carried along by plane rotations (section 5 of the paper).
private struct LSMRResidual<Scalar: RealScalar> {
  private var betaRest: Scalar
  private var betaLast = Scalar(0)
  private var rhoLast = Scalar(1)
  private var tau = Scalar(0)
  private var thetaTilde = Scalar(0)

  init(beta: Scalar) { betaRest = beta }

  mutating func next(
    c: Scalar, s: Scalar, thetaBar: Scalar, rhoBar: Scalar, oldZeta: Scalar, zeta: Scalar
  ) -> Scalar {
    let betaHat = c * betaRest
    betaRest *= -s
    let oldThetaTilde = thetaTilde
    let rhoTilde = Scalar.hypotenuse(rhoLast, thetaBar)
    let cTilde = rhoLast / rhoTilde
    let sTilde = thetaBar / rhoTilde
    thetaTilde = sTilde * rhoBar
    rhoLast = cTilde * rhoBar
    betaLast = cTilde * betaHat - sTilde * betaLast
    tau = (oldZeta - oldThetaTilde * tau) / rhoTilde
    let tauLast = (zeta - thetaTilde * tau) / rhoLast
    return Scalar.hypotenuse(betaLast - tauLast, betaRest)
  }
}

import OptimKit

/// LSMR (Fong and Saunders 2011): ‖Āᵀ(residual)‖ is minimal over the Krylov space, as with MINRES on the
/// normal equations, which are never formed. For processes without a preconditioner.
///
/// Storage: 2 vectors of the solution's side.
final class LSMRMethod<Scalar: RealScalar>: BidiagonalizationMethod {
  private var directionBuffer: AlignedBuffer<Scalar>?
  private var searchBuffer: AlignedBuffer<Scalar>?

  func run(
    _ process: GolubKahanProcess<Scalar>, from start: ResidualNorms<Scalar>,
    goal: ResidualNorms<Scalar>, iterationLimit: Int, into y: inout MutableSpan<Scalar>
  ) throws -> Int {
    let directionMemory = AlignedBuffer.resize(&directionBuffer, to: y.count)
    let searchMemory = AlignedBuffer.resize(&searchBuffer, to: y.count)
    var h = directionMemory.mutableSpan
    var hBar = searchMemory.mutableSpan
    try process.begin()

    Scalar.fill(&y, with: 0)
    Scalar.fill(&hBar, with: 0)
    Scalar.copy(process.right.span, into: &h)
    // In the notation of the paper, section 3: alphaBar to zetaBar belong to the two rotations.
    var alphaBar = process.alpha
    var zetaBar = process.alpha * process.beta
    var rho = Scalar(1)
    var rhoBar = Scalar(1)
    var cBar = Scalar(1)
    var sBar = Scalar(0)
    var zeta = Scalar(0)
    var residual = LSMRResidual(beta: process.beta)
    var watch = RunWatch(from: start, goal: goal)
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

      Scalar.combine(1, h.span, plus: -thetaBar * rho / (oldRho * oldRhoBar), into: &hBar)
      Scalar.add(zeta / (rho * rhoBar), hBar.span, to: &y)
      Scalar.combine(1, process.right.span, plus: -theta / rho, into: &h)
      iterations += 1

      let norm = residual.next(
        c: c, s: s, thetaBar: thetaBar, rhoBar: rhoBar, oldZeta: oldZeta, zeta: zeta)
      let told = process.isDual ? norm : abs(zetaBar)
      if watch.isOver(at: ResidualNorms(residual: told, preconditioned: told)) { break }
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

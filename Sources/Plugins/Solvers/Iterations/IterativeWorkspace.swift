import OptimKit

/// The workspace of all iterative solvers: a way to precondition, or none, and an iteration.
final class IterativeWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let preconditioning: (any PreconditionerStrategy)?
  private let iteration: any ShortSideIteration<Scalar>
  private var system: DampedSystem<Scalar>?
  private var preconditioner: (any Preconditioner<Scalar>)?
  private var rightHandSideBuffer: AlignedBuffer<Scalar>?
  private var solutionBuffer: AlignedBuffer<Scalar>?

  init(
    preconditioning: (any PreconditionerStrategy)? = nil, iteration: any ShortSideIteration<Scalar>
  ) {
    self.preconditioning = preconditioning
    self.iteration = iteration
  }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    guard let preconditioning else { return PreparationReport(access: system.productAccess) }
    // Freed first, so that two are never held at once.
    preconditioner = nil
    let fresh = try preconditioning.makePreconditioner(for: system, key: key)
    preconditioner = fresh
    var report = fresh.report
    report.access += ", \(system.productAccess)"
    return report
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    let rightHandSideMemory = AlignedBuffer.resize(&rightHandSideBuffer, to: system.shortCount)
    let solutionMemory = AlignedBuffer.resize(&solutionBuffer, to: system.shortCount)
    var r = rightHandSideMemory.mutableSpan
    var z = solutionMemory.mutableSpan
    try system.shortSide(of: rightHandSide, into: &r)
    let norm = Scalar.norm(r.span)
    Scalar.fill(&z, with: 0)
    guard norm.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "the right-hand side of a linear system holds NaN or infinity",
        remedy: "check what the model returns at this point")
    }
    var outcome = IterationOutcome<Scalar>(status: .converged, iterations: 0, residualNorm: 0)
    if norm > 0 {
      let threshold = tolerance.threshold(rightHandSideNorm: norm)
      outcome = try system.ledger.measure(.solver) {
        try iteration.solve(
          system, preconditioner: preconditioner, rightHandSide: r.span, threshold: threshold,
          into: &z)
      }
      system.ledger.addInnerIterations(outcome.iterations)
      guard outcome.status == .converged || outcome.residualNorm < norm else {
        throw OptimKitError(
          .noConvergence,
          cause: "after \(outcome.iterations) iterations the residual of a linear system is "
            + "\(outcome.residualNorm / norm) times that of the zero solution",
          remedy: "use a positive damping or ridge, a larger sketch, or the exact solver")
      }
    }
    try system.recover(from: z.span, of: rightHandSide, into: &solution)
    var notes: [String] = []
    if outcome.status != .converged {
      notes = ["the linear solver ended by \(outcome.status.rawValue) above its tolerance"]
    }
    return SolveReport(
      status: outcome.status, iterations: outcome.iterations,
      relativeResidual: norm > 0 ? Double(outcome.residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm), notes: notes)
  }
}

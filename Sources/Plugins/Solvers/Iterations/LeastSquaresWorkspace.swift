import OptimKit

/// The workspace of solvers that work on the tall matrix itself, LSQR and its kin: without normal equations,
/// the condition number is not squared.
///
/// A solve is a sequence of runs. Each starts from a residual that was measured afresh by products with the
/// Jacobian and adds a correction; a run ends when the norms that its recurrences carry say that the
/// tolerance is met, and another follows where the measured residual denies it. The second run is the step
/// of iterative refinement that makes sketch-and-precondition methods backward stable (FOSSILS and SPIR,
/// arXiv 2406.03468).
final class LeastSquaresWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let sketching: SketchFactoring?
  private let method: any BidiagonalizationMethod<Scalar>
  private let maximumIterations: Int
  private var process: GolubKahanProcess<Scalar>?
  private var factor: SketchFactor<Scalar>?
  private var targetBuffer: AlignedBuffer<Scalar>?
  private var shortBuffer: AlignedBuffer<Scalar>?
  private var unknownBuffer: AlignedBuffer<Scalar>?
  private var correctionBuffer: AlignedBuffer<Scalar>?

  init(
    sketching: SketchFactoring? = nil, method: any BidiagonalizationMethod<Scalar>,
    maximumIterations: Int
  ) {
    self.sketching = sketching
    self.method = method
    self.maximumIterations = maximumIterations
  }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    var report = PreparationReport(access: "Jacobian products")
    if let sketching {
      let fresh = try SketchFactor(
        of: system, sketching, key: key, reusing: factor.take())
      factor = fresh
      report = fresh.report
      report.access += ", Jacobian products"
    }
    if let old = process, old.fits(system) {
      process = GolubKahanProcess(system, factor: factor, reusing: old)
    } else {
      process = GolubKahanProcess(system, factor: factor)
    }
    return report
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let process else { preconditionFailure("prepare before solving") }
    let system = process.operation.system
    let target = AlignedBuffer.resize(
      &targetBuffer, to: system.isDual ? 0 : system.augmentedLongCount)
    let short = AlignedBuffer.resize(&shortBuffer, to: system.shortCount)
    let unknowns = AlignedBuffer.resize(&unknownBuffer, to: process.right.count)
    var targetSpan = target.mutableSpan
    var r = short.mutableSpan
    var x = unknowns.mutableSpan
    if system.isDual {
      try system.shortSide(of: rightHandSide, into: &r)
    } else {
      process.operation.copyTarget(of: rightHandSide, into: &targetSpan)
      try process.operation.applyTransposed(targetSpan.span, into: &r)
    }
    let norm = Scalar.norm(r.span)
    try requireFiniteRightHandSide(norm)

    var outcome = IterationOutcome<Scalar>(status: .converged, iterations: 0, residualNorm: 0)
    Scalar.fill(&x, with: 0)
    if norm > 0 {
      let threshold = tolerance.threshold(rightHandSideNorm: norm)
      outcome = try system.ledger.measure(.solver) {
        try run(
          process, rightHandSide: (system.isDual ? short : target).span, norm: norm,
          threshold: threshold, into: &x)
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
    Scalar.copy(x.span.extracting(first: system.columnCount), into: &solution)
    if system.isDual, let center = rightHandSide.center {
      Scalar.add(1, center.span, to: &solution)
    }
    var notes: [String] = []
    if outcome.status != .converged {
      notes = ["the linear solver ended by \(outcome.status.rawValue) above its tolerance"]
    }
    return SolveReport(
      status: outcome.status, iterations: outcome.iterations,
      relativeResidual: norm > 0 ? Double(outcome.residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm), notes: notes)
  }

  /// Runs of the method, each from the residual that the one before has left.
  private func run(
    _ process: GolubKahanProcess<Scalar>, rightHandSide: Span<Scalar>, norm: Scalar,
    threshold: Scalar, into x: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let correctionMemory = AlignedBuffer.resize(&correctionBuffer, to: x.count)
    var correction = correctionMemory.mutableSpan
    let zero = try process.load(rightHandSide: rightHandSide, solution: nil)
    let goal = ResidualNorms(
      residual: threshold, preconditioned: threshold / norm * zero.preconditioned)
    var current = zero
    if !process.isDual, let factor {
      factor.copySketchedSolution(of: rightHandSide, into: &x)
      current = try process.load(rightHandSide: rightHandSide, solution: x.span)
    }
    let wantsRefinement = factor != nil && threshold <= 100 * Scalar.unitRoundoff * norm

    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: current.residual)
    var runs = 0
    while outcome.iterations < maximumIterations {
      let used = try method.run(
        process, from: current, goal: goal, iterationLimit: maximumIterations - outcome.iterations,
        into: &correction)
      process.recover(&correction)
      Scalar.add(1, correction.span, to: &x)
      outcome.iterations += used
      runs += 1
      let previous = current
      current = try process.load(rightHandSide: rightHandSide, solution: x.span)
      outcome.residualNorm = current.residual
      guard current.residual.isFinite else {
        throw OptimKitError(
          .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
          remedy: "check the model's derivatives at this point")
      }
      if runs > 1 || !wantsRefinement {
        if current.residual <= threshold {
          outcome.status = .converged
          break
        }
        if current.residual > previous.residual / 2 || used == 0 {
          outcome.status = .stagnated
          break
        }
      }
    }
    return outcome
  }
}

import OptimKit

/// The workspace of all iterative solvers: a way to precondition, or none, and an iteration. Where asked to, a
/// preconditioner that is a factor of the very system solves it directly, if it vouches for the tolerance.
///
/// With `.adaptive` reuse a preconditioner lives across systems. Storage: 2 short-side vectors, one more
/// after a reused preconditioner failed, that of the preconditioner and of the iteration.
final class IterativeWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private var kept: KeptPreconditioner<Scalar>?
  private let iteration: any ShortSideIteration<Scalar>
  private let limitable: (any LimitableIteration)?
  private var system: DampedSystem<Scalar>?
  private var key: RandomKey?
  private var rightHandSideBuffer: AlignedBuffer<Scalar>?
  private var solutionBuffer: AlignedBuffer<Scalar>?
  private var correctionBuffer: AlignedBuffer<Scalar>?

  init(
    preconditioning: (any PreconditionerStrategy)? = nil, reuse: PreconditionerReuse = .never,
    solvesDirectly: Bool = false, iteration: any ShortSideIteration<Scalar>
  ) {
    kept = preconditioning.map {
      KeptPreconditioner($0, reuse: reuse, solvesDirectly: solvesDirectly)
    }
    self.iteration = iteration
    limitable = iteration as? any LimitableIteration
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    self.key = key
    guard var report = try kept?.prepare(system, key: key) else {
      return PreparationReport(access: system.productAccess)
    }
    // A direct solve takes no products.
    if kept?.directSolver(to: 1) == nil { report.access += ", \(system.productAccess)" }
    return report
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
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
    try requireFiniteRightHandSide(norm)
    var outcome = IterationOutcome<Scalar>(status: .converged, iterations: 0, residualNorm: 0)
    var notes: [String] = []
    let relativeTolerance = tolerance.relative(toRightHandSideNorm: norm)
    let direct = norm > 0 ? kept?.directSolver(to: relativeTolerance) : nil
    if let direct {
      Scalar.copy(r.span, into: &z)
      system.ledger.measure(.solver) { direct.applyInverse(in: &z) }
      kept?.record(iterations: 1, reduction: Double(Scalar.unitRoundoff.squareRoot()))
    } else if norm > 0 {
      // Powers of two change no digit, and squares of huge or tiny norms do not overflow.
      let unit = Self.powerOfTwo(near: norm)
      Scalar.scale(&r, by: 1 / unit)
      outcome = try iterate(
        system, rightHandSide: &r, norm: norm / unit,
        threshold: tolerance.threshold(rightHandSideNorm: norm) / unit, notes: &notes, into: &z)
      Scalar.scale(&z, by: unit)
      outcome.residualNorm *= unit
      guard outcome.status == .converged || outcome.residualNorm < norm else {
        throw OptimKitError(
          .noConvergence,
          cause: "after \(outcome.iterations) iterations the residual of a linear system is "
            + "\(outcome.residualNorm / norm) times that of the zero solution",
          remedy: "use a positive damping or ridge, a larger sketch, or the exact solver")
      }
    }
    try system.recover(
      from: z.span, of: rightHandSide, inSinglePrecision: direct?.isInSinglePrecision ?? false,
      into: &solution)
    if outcome.status != .converged {
      notes.append("the linear solver ended by \(outcome.status.rawValue) above its tolerance")
    }
    return SolveReport(
      status: outcome.status, iterations: outcome.iterations,
      relativeResidual: direct != nil ? nil : norm > 0 ? Double(outcome.residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm), notes: notes)
  }

  func saveState() -> LinearSolverState? { kept?.state }

  func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    guard kept != nil else { throw LinearSolverState.foreign }
    try kept?.restore(state, system: system)
  }

  private static func powerOfTwo(near value: Scalar) -> Scalar {
    let largest = Scalar.greatestFiniteMagnitude.exponent - 2
    return Scalar(
      sign: .plus, exponent: min(max(value.exponent, -largest), largest), significand: 1)
  }

  /// z ← the solution of N z = r, from z = 0; with a new preconditioner where a reused one fails. Leaves r
  /// undefined.
  private func iterate(
    _ system: DampedSystem<Scalar>, rightHandSide r: inout MutableSpan<Scalar>, norm: Scalar,
    threshold: Scalar, notes: inout [String], into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let limit = kept?.iterationLimit(reduction: Double(threshold / norm))
    var outcome = try run(
      system, rightHandSide: r.span, threshold: threshold, limit: limit, into: &z)
    guard kept?.isReused == true, outcome.status != .converged, let key else {
      kept?.record(
        iterations: outcome.iterations, reduction: Double(outcome.residualNorm / norm))
      return outcome
    }
    notes.append(KeptPreconditioner<Scalar>.failureNote(outcome))
    notes += try kept?.refresh(for: system, key: key).fallbacks ?? []
    // What was reached is kept, where it is something: the new one solves for the correction.
    if outcome.residualNorm < norm {
      let memory = AlignedBuffer.resize(&correctionBuffer, to: system.shortCount)
      var correction = memory.mutableSpan
      let start = try system.residual(of: z.span, rightHandSide: r.span, into: &correction)
      Scalar.copy(correction.span, into: &r)
      Scalar.fill(&correction, with: 0)
      let second = try run(
        system, rightHandSide: r.span, threshold: threshold, limit: nil, into: &correction)
      Scalar.add(1, correction.span, to: &z)
      outcome.add(second)
      kept?.record(iterations: second.iterations, reduction: Double(second.residualNorm / start))
    } else {
      Scalar.fill(&z, with: 0)
      let second = try run(
        system, rightHandSide: r.span, threshold: threshold, limit: nil, into: &z)
      outcome.add(second)
      kept?.record(iterations: second.iterations, reduction: Double(second.residualNorm / norm))
    }
    return outcome
  }

  private func run(
    _ system: DampedSystem<Scalar>, rightHandSide: Span<Scalar>, threshold: Scalar, limit: Int?,
    into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    let ownLimit = limitable?.maximumIterations
    if let limit, let ownLimit { limitable?.maximumIterations = min(limit, ownLimit) }
    defer { if let ownLimit { limitable?.maximumIterations = ownLimit } }
    let outcome = try system.ledger.measure(.solver) {
      try iteration.solve(
        system, preconditioner: kept?.current, rightHandSide: rightHandSide,
        threshold: threshold, into: &z)
    }
    system.ledger.addInnerIterations(outcome.iterations)
    return outcome
  }
}

/// An iteration whose limit can be lowered for one solve: what a reused preconditioner is given.
protocol LimitableIteration: AnyObject {
  /// The largest number of iterations in one solve.
  var maximumIterations: Int { get set }
}

extension IterationOutcome {
  /// Goes on with another iteration's outcome.
  mutating func add(_ next: Self) {
    status = next.status
    iterations += next.iterations
    residualNorm = next.residualNorm
  }
}

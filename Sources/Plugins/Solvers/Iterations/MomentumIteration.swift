import OptimKit

/// α and β of one iteration z ← z + α P⁻¹(r − N z) + β (z − z₋).
struct MomentumCoefficients<Scalar: RealScalar> {
  var stepLength: Scalar
  var momentum: Scalar
}

/// A choice of α and β for eigenvalues of P⁻¹N between (1 + ρ)⁻² and (1 − ρ)⁻².
protocol MomentumRule<Scalar> {
  associatedtype Scalar: RealScalar

  /// Starts with the given ρ.
  init(rate: Scalar)

  /// The next α and β.
  mutating func next() -> MomentumCoefficients<Scalar>
}

/// Sketch-preconditioned iterations with momentum. The residual is computed afresh at every iteration, so
/// that errors of rounding are corrected like all others; where the norm stalls or grows, because the
/// sketch turned out worse than expected, the iteration goes on with a larger ρ.
///
/// Storage: 2 short-side vectors.
final class MomentumIteration<Scalar, Rule: MomentumRule<Scalar>>: ShortSideIteration {
  private let maximumIterations: Int
  private var residualBuffer: AlignedBuffer<Scalar>?
  private var moveBuffer: AlignedBuffer<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func solve(
    _ system: DampedSystem<Scalar>, preconditioner: (any Preconditioner<Scalar>)?,
    rightHandSide: Span<Scalar>, threshold: Scalar, into z: inout MutableSpan<Scalar>
  ) throws -> IterationOutcome<Scalar> {
    guard let preconditioner = preconditioner as? any FactoredPreconditioner<Scalar>,
      let sketchSize = preconditioner.report.sketchSize
    else { preconditionFailure("the workspace preconditions with a sketch") }
    let count = rightHandSide.count
    let residualMemory = AlignedBuffer.resize(&residualBuffer, to: count)
    let moveMemory = AlignedBuffer.resize(&moveBuffer, to: count)
    var r = residualMemory.mutableSpan
    var move = moveMemory.mutableSpan
    Scalar.copy(rightHandSide, into: &r)
    Scalar.fill(&move, with: 0)

    var rate = SketchRate<Scalar>(order: count, sketchSize: sketchSize)
    var rule = Rule(rate: rate.value)
    var outcome = IterationOutcome(
      status: .iterationLimit, iterations: 0, residualNorm: Scalar.norm(r.span))
    while outcome.iterations < maximumIterations {
      preconditioner.applyInverseTransposedFactor(in: &r)
      switch rate.judge(preconditionedNorm: Scalar.norm(r.span)) {
      case .goOn:
        break
      case .slowDown:
        rule = Rule(rate: rate.value)
        Scalar.fill(&move, with: 0)
      case .startAgain:
        rule = Rule(rate: rate.value)
        Scalar.fill(&z, with: 0)
        Scalar.fill(&move, with: 0)
        Scalar.copy(rightHandSide, into: &r)
        preconditioner.applyInverseTransposedFactor(in: &r)
      case .giveUp:
        outcome.status = .stagnated
        return outcome
      }
      preconditioner.applyInverseFactor(in: &r)
      let coefficients = rule.next()
      Scalar.combine(
        coefficients.stepLength, r.span, plus: coefficients.momentum, into: &move)
      Scalar.add(1, move.span, to: &z)
      outcome.iterations += 1
      outcome.residualNorm = try system.residual(
        of: z.span, rightHandSide: rightHandSide, into: &r)
      if outcome.residualNorm <= threshold {
        outcome.status = .converged
        break
      }
    }
    return outcome
  }
}

import OptimKit

/// A least-squares method that rides on Golub and Kahan's bidiagonalization.
///
/// - Implementor must: own its vectors, and stop where the norms that it carries along meet the goal; the
///   workspace measures them afresh afterwards.
protocol BidiagonalizationMethod<Scalar>: AnyObject {
  associatedtype Scalar: RealScalar

  /// correction ← the solution for the residual that `process` has loaded, before `recover`.
  ///
  /// - Returns: The number of iterations.
  func run(
    _ process: GolubKahanProcess<Scalar>, from start: ResidualNorms<Scalar>,
    goal: ResidualNorms<Scalar>, iterationLimit: Int, into correction: inout MutableSpan<Scalar>
  ) throws -> Int
}

/// When a run has used up what rounding allows: it goes on no further than `goal`, than one roundoff of
/// where it started, or than its norms fall.
struct RunWatch<Scalar: RealScalar> {
  private let goal: ResidualNorms<Scalar>
  private let floor: Scalar
  private var progress: ProgressWatch<Scalar>

  init(from start: ResidualNorms<Scalar>, goal: ResidualNorms<Scalar>) {
    self.goal = goal
    floor = start.preconditioned * Scalar.unitRoundoff
    progress = ProgressWatch(initial: start.preconditioned)
  }

  mutating func isOver(at norms: ResidualNorms<Scalar>) -> Bool {
    norms.meets(goal) || norms.preconditioned <= floor
      || progress.hasStalled(at: norms.preconditioned)
  }
}

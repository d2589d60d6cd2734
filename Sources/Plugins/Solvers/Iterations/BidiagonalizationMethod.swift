import OptimKit

/// A least-squares method that rides on Golub and Kahan's bidiagonalization.
///
/// - Implementor must: own its vectors, and stop where the norms that it carries along meet the goal; the
///   workspace measures them afresh afterwards.
protocol BidiagonalizationMethod<Scalar>: AnyObject {
  associatedtype Scalar: RealScalar

  /// correction ← the solution for the residual that `process` has loaded, before `recover`, until `watch`
  /// ends the run.
  ///
  /// - Returns: The number of iterations.
  func run(
    _ process: GolubKahanProcess<Scalar>, _ watch: consuming RunWatch<Scalar>, iterationLimit: Int,
    into correction: inout MutableSpan<Scalar>
  ) throws -> Int
}

/// When a run has used up what rounding allows: it goes on no further than `goal`, than the accuracy of a run
/// lets the norm fall from where it started, or than the norms do fall.
struct RunWatch<Scalar: RealScalar> {
  private let goal: ResidualNorms<Scalar>
  private let floor: Scalar
  private var progress: ProgressWatch<Scalar>

  /// - Parameters:
  ///   - relativeAccuracy: What a run can reduce the norm to, of where it started.
  ///   - progress: What tells of a stall.
  init(
    from start: ResidualNorms<Scalar>, goal: ResidualNorms<Scalar>, relativeAccuracy: Scalar,
    progress: ProgressWatch<Scalar>
  ) {
    self.goal = goal
    floor = start.preconditioned * relativeAccuracy
    self.progress = progress
  }

  /// - Parameter progress: The norm that tells of a stall, where that is not the preconditioned one.
  mutating func isOver(at norms: ResidualNorms<Scalar>, progress value: Scalar? = nil) -> Bool {
    norms.meets(goal) || norms.preconditioned <= floor
      || progress.hasStalled(at: value ?? norms.preconditioned)
  }
}

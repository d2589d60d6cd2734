/// What a run begins with, from a start or from a checkpoint.
struct RunStart<Scalar: RealScalar> {
  let stepper: any Stepper<Scalar>
  let objective: CountedObjective<Scalar>
  let stopwatch: RunStopwatch
  var history: [IterationRecord] = []
  var best: BestIterate<Scalar>?
  var warnings: [String] = []
  /// The optimizer as JSON, where it is known.
  var optimizerCode: String?
}

/// Seconds since a run began, those of its earlier parts included, but not those between them.
struct RunStopwatch {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let earlierSeconds: Double

  init(earlierSeconds: Double = 0) {
    start = clock.now
    self.earlierSeconds = earlierSeconds
  }

  var elapsedSeconds: Double { earlierSeconds + (clock.now - start).inSeconds }
}

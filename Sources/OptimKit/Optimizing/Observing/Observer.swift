/// Sees a run from outside: progress displays, logs, plots.
///
/// An observer that throws is told nothing more of the run, which goes on to the same bits; its error stands in the
/// summary's warnings.
///
/// - Implementor must: return quickly; the run waits.
/// - Implementor may: throw, and leave out what it does not want to know.
public protocol Observer: AnyObject {
  /// The run has evaluated its starting point, or taken it from a checkpoint; `start` is the last record so far.
  func runDidBegin(_ description: RunDescription, start: IterationRecord) throws

  /// A step was made.
  func runDidIterate(_ record: IterationRecord) throws

  /// A step was made, to `point`. Calls the method without `point` by default.
  func runDidIterate<Scalar: RealScalar>(
    _ record: IterationRecord, at point: RunPoint<Scalar>
  ) throws

  /// The run has ended.
  func runDidEnd(_ summary: RunSummary) throws
}

extension Observer {
  /// Takes no notice.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) throws {}

  /// Takes no notice.
  public func runDidIterate(_ record: IterationRecord) throws {}

  /// Looks at the record alone.
  public func runDidIterate<Scalar: RealScalar>(
    _ record: IterationRecord, at point: RunPoint<Scalar>
  ) throws {
    try runDidIterate(record)
  }

  /// Takes no notice.
  public func runDidEnd(_ summary: RunSummary) throws {}
}

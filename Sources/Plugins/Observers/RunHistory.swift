import OptimKit

/// Keeps what a run tells, in memory, and iterates where it is asked to.
public final class RunHistory<Scalar: RealScalar>: Observer {
  /// An iterate on the way.
  public struct Iterate: Sendable {
    /// The number of steps that led there.
    public let iteration: Int
    /// θ.
    public let parameters: [Scalar]
  }

  /// What is run; nil before the run.
  public private(set) var description: RunDescription?
  /// The starting point and every iteration.
  public private(set) var records: [IterationRecord] = []
  /// Every so many iterates.
  public private(set) var iterates: [Iterate] = []
  /// The summary, once the run has ended.
  public private(set) var summary: RunSummary?

  private let interval: Int?

  /// Creates an empty history.
  ///
  /// - Parameter interval: Every so many iterations the parameters are kept, p scalars each; none by default.
  public init(keepingIteratesEvery interval: Int? = nil) {
    self.interval = interval.map { max(1, $0) }
  }

  /// Keeps the start, and forgets an earlier run.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) {
    self.description = description
    records = [start]
    iterates = []
    summary = nil
  }

  /// Keeps the record, and the iterate where it is due.
  public func runDidIterate<Other: RealScalar>(
    _ record: IterationRecord, at point: RunPoint<Other>
  ) {
    records.append(record)
    guard let interval, record.iteration % interval == 0,
      let parameters = (point as? RunPoint<Scalar>)?.parameters
    else { return }
    iterates.append(Iterate(iteration: record.iteration, parameters: parameters))
  }

  /// Keeps the summary.
  public func runDidEnd(_ summary: RunSummary) { self.summary = summary }
}

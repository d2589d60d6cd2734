/// The progress of a run as an asynchronous sequence, for code that shows it while the run works elsewhere.
///
///     let events = RunEvents()
///     Task.detached { try minimize(objective, from: start, using: optimizer, observers: [events]) }
///     for await event in events { show(event) }
///
/// A listener that cannot keep up misses events, the oldest first; never the end.
public final class RunEvents: Observer, AsyncSequence, Sendable {
  /// One thing that happened.
  public enum Event: Sendable {
    /// The run has evaluated its starting point.
    case began(RunDescription, start: IterationRecord)
    /// A step was made.
    case iterated(IterationRecord)
    /// The run has ended; nothing follows.
    case ended(RunSummary)
  }

  private let stream: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation

  /// Creates a sequence that holds up to `capacity` events that nobody has taken yet.
  public init(capacity: Int = 64) {
    (stream, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingNewest(Swift.max(1, capacity)))
  }

  deinit { continuation.finish() }

  /// Makes the iterator; a sequence is for one listener.
  public func makeAsyncIterator() -> AsyncStream<Event>.Iterator { stream.makeAsyncIterator() }

  /// Passes the start on.
  public func runDidBegin(_ description: RunDescription, start: IterationRecord) {
    continuation.yield(.began(description, start: start))
  }

  /// Passes the record on.
  public func runDidIterate(_ record: IterationRecord) { continuation.yield(.iterated(record)) }

  /// Passes the summary on and ends the sequence.
  public func runDidEnd(_ summary: RunSummary) {
    continuation.yield(.ended(summary))
    continuation.finish()
  }
}

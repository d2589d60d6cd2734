extension Run: Sequence, IteratorProtocol {
  /// Makes the next step; nil where the run has ended. Where the user's model threw, `modelError` tells.
  public func next() -> IterationRecord? { try? advance() }
}

extension Run {
  /// The iterations as an asynchronous sequence, made on the caller's actor:
  /// `for try await iteration in run.steps`. The run ends when its task is cancelled.
  public var steps: RunSteps<Scalar> { RunSteps(run: self) }
}

/// The iterations of a run as an asynchronous sequence.
///
/// Between steps other tasks get their turn; a step itself is made where the caller is.
public struct RunSteps<Scalar: RealScalar>: AsyncSequence {
  let run: Run<Scalar>

  /// Makes steps as they are asked for.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let run: Run<Scalar>

    /// Makes the next step.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws -> IterationRecord? {
      await Task.yield()
      return try run.advance()
    }
  }

  /// Makes the iterator.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(run: run) }
}

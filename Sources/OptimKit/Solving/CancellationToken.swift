import Synchronization

/// A switch that ends a run from outside: from another thread, a signal, a button.
///
/// A run looks at its token, and at whether its task is cancelled, before each evaluation of the model, each product
/// with the Jacobian, each group of columns of a sketch, and each block of a Gram matrix or factorization: it ends
/// within one of those. Eigendecompositions and QR with column pivoting are one call of LAPACK. Looking costs some
/// nanoseconds and changes no bit.
public final class CancellationToken: Sendable {
  private let flag = Atomic(false)
  /// Whether the cancellation of a task counts.
  private let heedsTask: Bool

  /// Creates a token that is not cancelled.
  public init() { heedsTask = true }

  /// Creates a token that `cancel` alone cancels.
  init(heedingTask: Bool) { heedsTask = heedingTask }

  /// Whether `cancel` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Ends the runs that hold this token; may be called from anywhere, any number of times.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Throws where the token, or the task that this is called from, is cancelled.
  ///
  /// - Throws: `CancellationError`.
  public func check() throws {
    if isCancelledHere { throw CancellationError() }
  }

  /// Whether the token, or the task that this is called from, is cancelled.
  var isCancelledHere: Bool { isCancelled || heedsTask && Task.isCancelled }
}

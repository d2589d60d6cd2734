import Foundation
import OptimKit

/// Turns Ctrl-C into the cancellation of what the process does; the second one ends the process at once.
///
/// A plain signal handler that sets a flag: it works from the first moment, on whatever thread the signal arrives, and
/// calls nothing that a handler must not.
package enum Interruption {
  /// Cancelled by SIGINT and SIGTERM; all that examples compute looks at it.
  package static let token = CancellationToken()

  /// Takes SIGINT and SIGTERM over for the rest of the process.
  package static func install() {
    // Made before a handler can ask for it, which must not allocate.
    _ = token
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      _ = signal(number, handleSignal)
      sigaddset(&signals, number)
    }
    // Whoever starts the program from a thread that blocks signals, as those of Dispatch do, passes that on.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Does one thing after another until interrupted: what came of those that were done, the last of them perhaps cut
  /// short.
  ///
  /// - Throws: What `body` throws; `CancellationError` where not even the first was done.
  package static func upToInterruption<Item, Outcome>(
    _ items: some Sequence<Item>, _ body: (Item) throws -> Outcome
  ) throws -> [Outcome] {
    var outcomes: [Outcome] = []
    for item in items where !token.isCancelled {
      do {
        outcomes.append(try body(item))
      } catch is CancellationError {
        break
      }
    }
    if outcomes.isEmpty { try token.check() }
    return outcomes
  }

  /// Status and reason of several computations as JSON tells them, given those that did not converge.
  package static func verdict(
    success: String, notConverged failures: [String]
  ) -> (status: String, reason: String) {
    if token.isCancelled { return (RunStatus.cancelled.rawValue, "interrupted") }
    guard !failures.isEmpty else { return (RunStatus.converged.rawValue, success) }
    return ("notConverged", "not converged: \(failures.joined(separator: ", "))")
  }
}

private func handleSignal(_ number: Int32) {
  if Interruption.token.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
  Interruption.token.cancel()
}

import Dispatch
import Foundation
import OptimKit

/// Turns Ctrl-C into the cancellation of a run; the second one ends the process at once.
package final class Interruption: Sendable {
  /// What is cancelled.
  package let token = CancellationToken()
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Takes SIGINT and SIGTERM over for the rest of the process.
  package init() {
    let token = token
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if token.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
        token.cancel()
      }
      source.activate()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}

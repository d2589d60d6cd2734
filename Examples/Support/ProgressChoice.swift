import OptimKit
import OptimKitPlugins

/// How a run is shown while it goes on.
package enum ProgressChoice: String, CaseIterable, Sendable {
  /// A bar on a terminal, lines elsewhere.
  case auto
  /// One live line.
  case bar
  /// A line for each iteration.
  case lines
  /// Not at all.
  case none

  /// Who shows it on standard output.
  package var observers: [any Observer] {
    let style: TerminalProgress.Style? =
      switch self {
      case .auto: .auto
      case .bar: .bar
      case .lines: .lines
      case .none: nil
      }
    return style.map { [TerminalProgress(output: .standardOutput, style: $0)] } ?? []
  }

  /// Refuses progress between the lines of one JSON object.
  package static func requireNone(_ given: Self?, besideJSON: Bool) throws {
    guard besideJSON, let given, given != .none else { return }
    throw OptimKitError(
      .invalidArgument,
      cause: "--json prints one object and nothing else, --progress is \(given.rawValue)",
      remedy: "leave one of them out")
  }
}

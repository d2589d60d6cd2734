import Foundation
import OptimKit

/// How a program ends, as its caller sees it.
package enum ExitStatus: Int32, Sendable {
  /// It did what was asked.
  case success = 0
  /// It ran, but did not reach its goal.
  case notConverged = 1
  /// It was asked for something impossible.
  case badInput = 2
  /// It was interrupted, as by Ctrl-C: 128 and the number of SIGINT.
  case interrupted = 130

  /// The status that an error means.
  package init(_ error: any Error) {
    if error is CancellationError {
      self = .interrupted
      return
    }
    self = (error as? OptimKitError)?.kind == .noConvergence ? .notConverged : .badInput
  }
}

/// What all examples do around their own work.
package enum ExampleProgram {
  /// Runs `body` and ends the process with the status it returns, or, where it throws, with one line
  /// on standard error and the status that the error means.
  package static func run(_ name: String, _ body: ([String]) throws -> ExitStatus) -> Never {
    Interruption.install()
    let status: ExitStatus
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try Ranks.join(arguments)
      status = try body(arguments)
      try StandardOutput.flush()
    } catch {
      Ranks.end(with: "\(name): \(oneLine(error))", status: ExitStatus(error))
      exit(ExitStatus(error).rawValue)
    }
    Ranks.finish()
    exit(status.rawValue)
  }

  /// Runs `body` with the options that `arguments` ask for, or shows help.
  package static func run<Options>(
    _ syntax: CommandLineSyntax<Options>, _ arguments: [String],
    _ body: (Options) throws -> ExitStatus
  ) throws -> ExitStatus {
    switch try syntax.parse(arguments) {
    case .help:
      try StandardOutput.write(syntax.help)
      return .success
    case .run(let options):
      return try body(options)
    }
  }

  /// The same for options of a computation: validates them and sets the number of threads first.
  package static func run<Options: ComputationOptions>(
    computation syntax: CommandLineSyntax<Options>, _ arguments: [String],
    _ body: (Options) throws -> ExitStatus
  ) throws -> ExitStatus {
    try run(syntax, arguments) { options in
      try options.validate()
      if let threads = options.threads ?? Ranks.threadShare {
        try ComputeEnvironment.setThreadCount(threads)
      }
      return try body(options)
    }
  }

  /// What an error says, its line breaks and other control characters as spaces.
  package static func oneLine(_ error: any Error) -> String {
    if error is CancellationError { return "interrupted before there was a result" }
    let text = (error as? OptimKitError)?.description ?? error.localizedDescription
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? " " : scalar
        }))
  }
}

import Foundation
import OptimKit

#if MPI
import OptimKitMPI
#endif

/// The processes of an MPI job that work on one problem together.
package enum Ranks {
  /// Sums over them; nil in a process that no `mpirun` has started.
  package static let reduction: (any Reduction)? = joined

  /// Whether this one speaks for all: it writes to standard output and to files.
  package static var isSpeaking: Bool { reduction.map { $0.rank == 0 } ?? true }

  /// The number of ranks; 1 without MPI.
  package static var count: Int { reduction?.rankCount ?? 1 }

  /// Threads that are this rank's share of the machine; nil without MPI.
  package static var threadShare: Int? {
    guard reduction != nil else { return nil }
    let local = ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap(Int.init)
    return max(1, ProcessInfo.processInfo.activeProcessorCount / max(1, local ?? count))
  }

  /// Throws where an option that one rank alone can serve is given to several.
  package static func requireAlone(_ isAsked: Bool, _ option: String) throws {
    guard isAsked, count > 1 else { return }
    throw OptimKitError(
      .missingCapability, cause: "--\(option) is for one process, and there are \(count)",
      remedy: "leave it out, or start the program without mpirun")
  }

  /// The variables by which launchers tell processes how many there are.
  private static let sizeVariables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"]

  private static var launchedCount: Int? {
    let environment = ProcessInfo.processInfo.environment
    return sizeVariables.lazy.compactMap { environment[$0] }.compactMap { Int($0) }.first
  }

  #if MPI
  private static let start = Result { () throws -> MPIReduction? in
    launchedCount == nil ? nil : try MPIReduction.start()
  }

  private static var joined: (any Reduction)? { (try? start.get()) ?? nil }

  /// Joins the job, and checks that all ranks were given the same arguments.
  static func join(_ arguments: [String]) throws {
    guard let reduction = try start.get() else { return }
    try reduction.requireSame(arguments.joined(separator: " "), "the command line")
  }

  /// Says what went wrong once, and ends the job.
  ///
  /// Where all ranks have come to the same error, rank 0 says it and all leave; an error of one rank alone ends the others
  /// wherever they are.
  static func end(with message: String, status: ExitStatus) {
    guard let reduction = try? start.get() else { return say(message) }
    guard reduction.allMeet(within: 2) else {
      // The launcher ends the job; the others say nothing.
      return reduction.abandon(because: OptimKitError(message))
    }
    if reduction.rank == 0 { say(message) }
    reduction.finish()
  }

  /// Leaves the job.
  static func finish() { (try? start.get())?.finish() }
  #else
  private static var joined: (any Reduction)? { nil }

  static func join(_ arguments: [String]) throws {
    guard let count = launchedCount, count > 1 else { return }
    throw OptimKitError(
      .missingCapability,
      cause: "mpirun has started \(count) processes of a program that was built without MPI",
      remedy: "build it with `swift build -c release --traits MPI`")
  }

  static func end(with message: String, status: ExitStatus) { say(message) }

  static func finish() {}
  #endif

  private static func say(_ message: String) {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
  }
}

extension OptimKitError {
  /// One line that is complete already.
  fileprivate init(_ message: String) {
    let parts = message.split(separator: "; ", maxSplits: 1).map(String.init)
    self.init(
      .invalidArgument, cause: parts.first ?? message,
      remedy: parts.count > 1 ? parts[1] : "see the line above")
  }
}

import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting

#if MPI
import OptimKitMPI
#endif

/// Checks of OptimKitMPI that `scripts/test-mpi` runs on 1, 2, 3 and 4 ranks; each rank ends with status 0 or says what is
/// wrong.
///
///     mpirun -n 3 mpi-checks histories.json
///
/// On one rank it writes the histories of all runs to the file, on several it compares with them.
@main
enum MPIChecks {
  static func main() {
    do {
      try run()
    } catch {
      FileHandle.standardError.write(Data("mpi-checks: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run() throws {
    #if MPI
    let arguments = CommandLine.arguments.dropFirst()
    let reduction = try MPIReduction.start()
    try ComputeEnvironment.setThreadCount(1)
    switch arguments.first {
    case "--fail": fail(reduction)
    case "--measure": try ScalingMeasurement(reduction).run()
    case .some(let path):
      try SumChecks(reduction).run(); try HistoryChecks(reduction).run(file: path)
    case nil: throw CheckFailure("give a file for histories")
    }
    reduction.finish()
    #else
    throw CheckFailure("mpi-checks is for a build with --traits MPI")
    #endif
  }

  #if MPI
  /// Rank 1 gives up while the others wait for its part of a sum.
  private static func fail(_ reduction: MPIReduction) {
    if reduction.rank == min(1, reduction.rankCount - 1) {
      reduction.abandon(
        because: OptimKitError(.modelFailure, cause: "a failure on purpose", remedy: "none"))
    }
    var vector = Double.zeros(10_000)
    while true {
      var span = vector.mutableSpan
      reduction.sum(&span)
    }
  }
  #endif
}

/// What a check found.
struct CheckFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
  if !condition { throw CheckFailure(description()) }
}

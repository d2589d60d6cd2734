#if MPI

import CMPI
import Foundation
import OptimKit
import Synchronization

/// Sums over the processes of an MPI job, as `mpirun -n 4 program` starts one.
///
///     let reduction = try MPIReduction.start()
///     let sharding = try Sharding(.samples, of: 1_000_000, reduction: reduction)
///     …
///     reduction.finish()
///
/// A sum of more than 4 kB is an `MPI_Reduce_scatter` and an `MPI_Allgatherv`: each process adds up one part of the
/// vector, and all get its bits. On the wire that is 2 (r − 1)/r times the vector for r ranks. Shorter ones are gathered
/// and added up in the order of ranks.
///
/// Messages go over whatever Open MPI finds: shared memory, InfiniBand, TCP.
public struct MPIReduction: Reduction {
  /// The number of this process, from 0.
  public let rank: Int
  /// The number of processes.
  public let rankCount: Int

  private init() {
    rank = Int(optimkit_mpi_rank())
    rankCount = Int(optimkit_mpi_rank_count())
  }

  private static let isStarted = Mutex(false)

  /// Joins the MPI job that this process was started in; of a process that no `mpirun` has started, one of a single rank.
  ///
  /// - Throws: `OptimKitError` where this MPI cannot be used by the threads of a Swift program.
  public static func start() throws -> Self {
    try isStarted.withLock { isStarted in
      guard !isStarted else { return }
      guard optimkit_mpi_start() == 0 else {
        throw OptimKitError(
          .invalidArgument, cause: "this MPI was built without support of threads",
          remedy: "use one that offers MPI_THREAD_SERIALIZED, such as Debian's Open MPI")
      }
      isStarted = true
    }
    return Self()
  }

  /// x ← Σ x over the processes.
  ///
  /// - Complexity: O(n) memory traffic, 2 (r − 1)/r n elements on the wire, and about 2 log₂ r messages.
  public func sum<Scalar: RealScalar>(_ x: inout MutableSpan<Scalar>) {
    x.withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      let memory = UnsafeMutableRawPointer(start)
      if Scalar.self == Double.self {
        optimkit_mpi_sum_doubles(memory.assumingMemoryBound(to: Double.self), x.count)
      } else if Scalar.self == Float.self {
        optimkit_mpi_sum_floats(memory.assumingMemoryBound(to: Float.self), x.count)
      } else {
        preconditionFailure("scalars are Float or Double")
      }
    }
  }

  /// Says what is wrong, and ends all processes of the job.
  public func abandon(because error: any Error) {
    Self.fail(error, rank: rank)
  }

  /// Whether all processes come to this call within some seconds: what one that has failed asks, to tell an error of all
  /// from its own.
  public func allMeet(within seconds: Double) -> Bool { optimkit_mpi_all_meet(seconds) != 0 }

  /// Leaves the job, once all processes have come here. Nothing is summed afterwards.
  public func finish() { optimkit_mpi_finish() }

  private static func fail(_ error: any Error, rank: Int) -> Never {
    let text = (error as? OptimKitError)?.description ?? "\(error)"
    FileHandle.standardError.write(Data("rank \(rank): \(text)\n".utf8))
    optimkit_mpi_abort(1)
    exit(1)
  }
}

#endif

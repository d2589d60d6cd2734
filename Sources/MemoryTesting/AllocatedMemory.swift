import CAllocations
import OptimKit

/// What a piece of work took from the allocator, in bytes as it hands them out.
public struct AllocatedMemory: Hashable, Sendable {
  /// The number of blocks.
  public let blockCount: Int
  /// Their bytes, whether freed again or not.
  public let byteCount: Int
  /// The bytes of the largest block.
  public let largestBlock: Int
  /// The most bytes that were in use at once, beyond those in use before.
  public let peakByteCount: Int
}

/// Whether allocations can be counted in this process: on Linux with glibc, and not under a sanitizer, which
/// has an allocator of its own.
public var countsAllocations: Bool { optimkit_allocations_are_counted() }

/// Runs `body` and counts what it allocates; nil where allocations cannot be counted.
///
/// Linking this library puts a counter in front of glibc's `malloc` and its kin, so that every block is seen,
/// whoever asks for it: Swift arrays, buffers, C libraries. The count is exact, and the same in every run once
/// what a process makes only once has been made: call `body` once before where that matters. It is kept per thread, so other threads of a test process do not disturb it; OptimKit's own parallel loops run on
/// the calling thread meanwhile. Left out are memory that OpenBLAS takes for its own threads, half a megabyte
/// for a product whatever its size, and threads that `body` starts.
///
/// - Caller must: not call it from inside `body`.
/// - Throws: What `body` throws.
public func allocatedMemory(during body: () throws -> Void) rethrows -> AllocatedMemory? {
  guard countsAllocations else {
    try body()
    return nil
  }
  return try ThreadPool.withThreadCount(1) {
    precondition(optimkit_allocations_begin(), "counts are not nested")
    do {
      try body()
    } catch {
      _ = optimkit_allocations_end()
      throw error
    }
    let sums = optimkit_allocations_end()
    return AllocatedMemory(
      blockCount: sums.block_count, byteCount: sums.byte_count, largestBlock: sums.largest_block,
      peakByteCount: sums.peak)
  }
}

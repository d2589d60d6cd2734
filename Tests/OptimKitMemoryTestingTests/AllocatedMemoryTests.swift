import Dispatch
import Foundation
import OptimKit
import OptimKitMemoryTesting
import OptimKitTesting
import Synchronization
import Testing

@Suite("Allocated memory", .enabled(if: countsAllocations))
struct AllocatedMemoryTests {
  @Test("is what arrays, buffers and C functions ask for")
  func sources() throws {
    func bytes(_ body: () -> Void) throws -> Int {
      let memory = warmMemory(body)
      return try #require(memory).byteCount
    }
    let array = try bytes { keep([Double](repeating: 1, count: 10_000)) }
    #expect((80_000..<81_000).contains(array))
    let buffer = try bytes { keep(AlignedBuffer<Float>(count: 10_000)) }
    #expect((40_000..<41_000).contains(buffer))
    let block = try bytes { free(opaque(calloc(100, 100))) }
    #expect((10_000..<10_100).contains(block))
    let grown = try bytes { free(opaque(realloc(opaque(malloc(1000)), 5000))) }
    #expect((6000..<6100).contains(grown))
    #expect(try bytes {} == 0)
  }

  @Test("tells the largest block, and the peak of what is in use at once")
  func peak() throws {
    let memory = try #require(
      warmMemory {
        keep([Double](repeating: 1, count: 10_000))
        keep([Double](repeating: 1, count: 20_000))
      })
    #expect((240_000..<241_000).contains(memory.byteCount))
    #expect((160_000..<161_000).contains(memory.peakByteCount))
    #expect((160_000..<161_000).contains(memory.largestBlock))
    #expect(memory.blockCount == 2)
  }

  @Test("is counted once, whatever other threads do")
  func threads() throws {
    let memory = try #require(
      warmMemory {
        ThreadPool.forEach(8) { _ in keep([Double](repeating: 1, count: 1000)) }
      })
    #expect((64_000..<70_000).contains(memory.byteCount))

    let isDone = Atomic(false)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      while !isDone.load(ordering: .relaxed) { keep([Double](repeating: 1, count: 1000)) }
    }
    let own = try #require(
      warmMemory { for _ in 0..<1000 { keep([Double](repeating: 1, count: 10)) } })
    isDone.store(true, ordering: .relaxed)
    group.wait()
    #expect(own.largestBlock < 1000)
    #expect(own.blockCount == 1000)
  }

  @Test("does not include what OpenBLAS takes for its threads")
  func openBLAS() throws {
    let a: Matrix<Double> = RandomKey(seed: 0, purpose: "products").normalMatrix(300, 300)
    var product = Matrix<Double>(rowCount: 300, columnCount: 300)
    let memory = try #require(
      warmMemory {
        product.withMutableElements {
          Double.multiply(
            a.storage.span, .plain, a.storage.span, .plain, rows: 300, inner: 300, columns: 300,
            into: &$0)
        }
      })
    #expect(memory.byteCount < 10_000)
  }

  @Test("is counted again after an error")
  func errors() throws {
    struct Failure: Error {}
    #expect(throws: Failure.self) { try allocatedMemory { throw Failure() } }
    #expect(try #require(warmMemory { keep([1, 2, 3]) }).blockCount <= 1)
  }
}

/// What `body` allocates the second time: the first makes what a process makes once, such as the metadata of types.
private func warmMemory(_ body: () -> Void) -> AllocatedMemory? {
  body()
  return allocatedMemory(during: body)
}

/// Keeps the optimiser from dropping a value that nobody reads.
@inline(never)
private func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

/// Keeps the optimiser from leaving out a block that nobody reads.
@inline(never)
@_optimize(none)
private func opaque(_ block: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { block }

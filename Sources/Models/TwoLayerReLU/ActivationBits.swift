import Foundation
import OptimKit
import Synchronization

/// Which neurons are active for which samples: bit r % 64 of word i · wordsPerSample + r / 64 says whether
/// neuron r is active for sample i.
///
/// Written once, by the linearization that makes it, and only read afterwards.
final class ActivationBits: @unchecked Sendable {
  let words: UnsafeMutableBufferPointer<UInt64>
  let wordsPerSample: Int
  private let pool: Pool

  init(sampleCount: Int, width: Int, pool: Pool) {
    wordsPerSample = (width + 63) / 64
    words = pool.take(count: sampleCount * wordsPerSample)
    self.pool = pool
  }

  deinit { pool.give(words) }

  /// Whether neuron `neuron` is active for sample `sample`.
  func isActive(neuron: Int, sample: Int) -> Bool {
    words[sample * wordsPerSample + neuron / 64] >> UInt64(neuron % 64) & 1 == 1
  }

  /// Memory of one size that outlives its users, so that warm iterations allocate nothing.
  final class Pool: Sendable {
    /// Free memory; two are enough for a step that compares a trial point with its start.
    private struct Free: @unchecked Sendable {
      var buffers: [UnsafeMutableBufferPointer<UInt64>] = []
    }

    private let unused = Mutex(Free())

    func take(count: Int) -> UnsafeMutableBufferPointer<UInt64> {
      let buffer = unused.withLock { unused in
        unused.buffers.firstIndex { $0.count == count }.map { unused.buffers.remove(at: $0) }
      }
      if let buffer { return buffer }
      guard let fresh = LargePages.allocate(UInt64.self, count: count) else {
        fatalError("no memory for \(64 * count) activation bits")
      }
      return fresh
    }

    func give(_ buffer: UnsafeMutableBufferPointer<UInt64>) {
      let isKept = unused.withLock { unused in
        guard unused.buffers.count < 2 else { return false }
        unused.buffers.append(buffer)
        return true
      }
      if !isKept { free(buffer.baseAddress) }
    }

    deinit {
      unused.withLock { unused in
        for buffer in unused.buffers { free(buffer.baseAddress) }
      }
    }
  }
}

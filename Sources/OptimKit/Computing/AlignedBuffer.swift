import Foundation

/// Memory aligned to cache lines, zeroed when made.
package final class AlignedBuffer<Scalar: RealScalar> {
  /// Where the memory starts, 64-byte aligned.
  package let baseAddress: UnsafeMutablePointer<Scalar>
  /// The number of elements.
  package let count: Int

  private let block: UnsafeMutableRawPointer

  /// Allocates `count` zeros. Large blocks come from the system zeroed, page by page at first use, by whichever
  /// thread that is.
  package init(count: Int) {
    let alignment = 64
    let byteCount = count * MemoryLayout<Scalar>.stride
    guard let block = calloc(LargePages.paddedByteCount(byteCount + alignment), 1) else {
      fatalError("no memory for \(count) numbers")
    }
    self.block = block
    LargePages.advise(block, byteCount: byteCount)
    baseAddress = block.alignedUp(toMultipleOf: alignment)
      .bindMemory(to: Scalar.self, capacity: max(1, count))
    self.count = count
  }

  /// The whole memory.
  package var memory: UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(start: baseAddress, count: count)
  }

  /// Makes room for `count` elements; the content is lost, and zero, where that takes new memory.
  package static func resize(_ buffer: inout AlignedBuffer?, to count: Int)
    -> UnsafeMutableBufferPointer<Scalar>
  {
    if let buffer, buffer.count == count { return buffer.memory }
    let replacement = AlignedBuffer(count: count)
    buffer = replacement
    return replacement.memory
  }

  /// Makes room for at least `count` elements and returns as many; the content is lost where that takes new
  /// memory.
  package static func reserve(_ buffer: inout AlignedBuffer?, _ count: Int)
    -> UnsafeMutableBufferPointer<Scalar>
  {
    if let buffer, buffer.count >= count {
      return UnsafeMutableBufferPointer(start: buffer.baseAddress, count: count)
    }
    // Freed first, so that two are never held at once.
    buffer = nil
    return resize(&buffer, to: count)
  }

  deinit { free(block) }
}

extension UnsafeMutableBufferPointer where Element: RealScalar {
  /// Sets the elements from `first` on to zero.
  package func clear(from first: Int) {
    guard let baseAddress, first < count else { return }
    UnsafeMutableRawPointer(baseAddress + first).initializeMemory(
      as: UInt8.self, repeating: 0, count: (count - first) * MemoryLayout<Element>.stride)
  }
}

/// Carries a pointer into the pieces of a parallel loop, each of which writes its own part.
package struct Shared<Pointer>: @unchecked Sendable {
  /// The pointer.
  package let pointer: Pointer

  /// Wraps `pointer`.
  package init(_ pointer: Pointer) { self.pointer = pointer }
}

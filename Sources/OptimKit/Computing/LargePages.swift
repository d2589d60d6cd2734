import Foundation

/// Asks the system for large pages: a fault for each 2 MB of new memory instead of each 4 KB, which else takes as long
/// as filling it.
package enum LargePages {
  /// The bytes of a large page.
  private static let size = 2 << 20
  /// What an array and malloc put before the first element and after the last, at most.
  private static let overhead = 64

  /// The number of bytes to ask malloc for where `byteCount` are needed: so many that it maps a whole number of large
  /// pages, which Linux then lets start at one. Those beyond are never touched, and take no memory.
  static func paddedByteCount(_ byteCount: Int) -> Int {
    guard byteCount >= size else { return byteCount }
    return (byteCount + overhead + size - 1) / size * size - overhead
  }

  /// `count` zeroed elements of any type that is made of bits, to be freed by `free`; nil where there is no memory.
  package static func allocate<Element: BitwiseCopyable>(
    _ type: Element.Type, count: Int
  ) -> UnsafeMutableBufferPointer<Element>? {
    let byteCount = count * MemoryLayout<Element>.stride
    guard let block = calloc(paddedByteCount(max(1, byteCount)), 1) else { return nil }
    advise(block, byteCount: byteCount)
    return UnsafeMutableBufferPointer(
      start: block.bindMemory(to: type, capacity: count), count: count)
  }

  /// Says that a new block will be used as a whole. Where the system has no large pages, nothing happens.
  static func advise(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
    guard byteCount >= size else { return }
    let page = 4096
    // From the start of the page, which malloc shares with nobody: it has mapped a block of this size by itself.
    let first = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: start) & ~UInt(page - 1))
    _ = madvise(first, byteCount / page * page, MADV_HUGEPAGE)
    #endif
  }
}

import Foundation

/// Asks the system for large pages: a fault for each 2 MB of new memory instead of each 4 KB, which else takes as long
/// as filling it.
enum LargePages {
  /// Blocks from this size on hold a whole large page wherever they start.
  static let smallestBlock = 4 << 20

  /// Says that a new block will be used as a whole. Where the system has no large pages, nothing happens.
  static func advise(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
    guard byteCount >= smallestBlock else { return }
    let page = 4096
    let first = start.alignedUp(toMultipleOf: page)
    let count = (byteCount - (first - start)) / page * page
    _ = madvise(first, count, MADV_HUGEPAGE)
    #endif
  }
}

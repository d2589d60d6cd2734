import Foundation

/// Whole lines of a text file: those that begin in one of equal parts of its bytes. The lines of all ranks are those of
/// the file, each once.
struct TextPart {
  /// The lines, with what ends them.
  let data: Data
  /// The first line of the file, where it is not among them: it may name columns.
  let firstLine: Data?

  /// Reads the part of a rank.
  ///
  /// - Throws: `OptimKitError` of kind `unreadableFile`.
  /// - Complexity: O(size of the part); nothing else is read but the first line.
  init(of url: URL, _ reduction: any Reduction) throws {
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      let size = Int(try handle.seekToEnd())
      let range = Sharding.evenRange(of: size, reduction)
      let start = try Self.startOfLine(from: range.lowerBound, of: size, in: handle)
      let end = try Self.startOfLine(from: range.upperBound, of: size, in: handle)
      try handle.seek(toOffset: UInt64(start))
      data = try handle.read(upToCount: end - start) ?? Data()
      guard start > 0 else {
        firstLine = nil
        return
      }
      let firstEnd = try Self.startOfLine(from: 1, of: size, in: handle)
      try handle.seek(toOffset: 0)
      firstLine = try handle.read(upToCount: firstEnd) ?? Data()
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
  }

  /// Where the first line begins at or after `offset`; the end of the file where none does.
  private static func startOfLine(
    from offset: Int, of size: Int, in handle: FileHandle
  ) throws -> Int {
    guard offset > 0, offset < size else { return offset }
    // A line begins here where the byte before ends one.
    var position = offset - 1
    try handle.seek(toOffset: UInt64(position))
    while position < size {
      let block = try handle.read(upToCount: 1 << 16) ?? Data()
      if let place = block.firstIndex(of: UInt8(ascii: "\n")) {
        return position + block.distance(from: block.startIndex, to: place) + 1
      }
      guard !block.isEmpty else { break }
      position += block.count
    }
    return size
  }
}

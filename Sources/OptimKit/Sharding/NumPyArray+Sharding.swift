import Foundation

extension NumPyArray {
  /// Writes an array of which each rank has some rows, in the order of ranks, one rank after the other. All ranks call it
  /// together, and see the same folder.
  ///
  /// - Parameters:
  ///   - rows: The rows of this rank.
  ///   - shape: That of the whole array.
  ///   - url: The file to create or replace; it takes its name once it is whole.
  ///   - reduction: Makes ranks wait for each other.
  /// - Throws: `OptimKitError` of kind `unwritableFile` on all ranks.
  public static func writeRows(
    _ rows: Storage, shape: [Int], to url: URL, reduction: any Reduction
  ) throws {
    let temporary = URL(filePath: "\(url.path).tmp")
    for turn in 0..<reduction.rankCount {
      try reduction.together {
        guard turn == reduction.rank else { return }
        do {
          if turn == 0 { try header(of: rows, shape: shape).write(to: temporary) }
          let handle = try FileHandle(forWritingTo: temporary)
          try handle.seekToEnd()
          try handle.write(contentsOf: rows.bytes)
          try handle.close()
          guard turn == reduction.rankCount - 1 else { return }
          guard rename(temporary.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
          throw OptimKitError(
            .unwritableFile,
            cause: "the file \(url.path) cannot be written (\(error.localizedDescription))",
            remedy:
              "check that its folder exists, that all ranks see it, and that the disk has room")
        }
      }
    }
  }

  /// Some rows of the array in an `.npy` file: nothing else of it is read.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - rows: Chooses the rows, given their number: the first extent of the shape.
  /// - Returns: The rows, and how many there are in the file.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` as `init(contentsOf:)` does.
  /// - Complexity: O(rows).
  public static func rows(
    of url: URL, _ rows: (Int) throws -> Range<Int>
  ) throws -> (array: NumPyArray, wholeCount: Int) {
    let layout = try layout(of: url)
    let count = layout.shape.first ?? 1
    let range = try rows(count)
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows are in the file")
    let length = layout.shape.dropFirst().reduce(1, *)
    let size = layout.isDouble ? 8 : 4
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      try handle.seek(toOffset: UInt64(layout.start + range.lowerBound * length * size))
      let values = try handle.read(upToCount: range.count * length * size) ?? Data()
      let partShape = [range.count] + layout.shape.dropFirst()
      let empty: Storage = size == 4 ? .float32([]) : .float64([])
      let file = header(of: empty, shape: partShape) + values
      return (try NumPyArray(parsing: file, name: url.path), count)
    } catch let error as OptimKitError {
      throw error
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
  }
}

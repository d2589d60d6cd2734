import Foundation

/// The samples of a rank from a file that all ranks read together, each its own part.
///
/// Of `.npy` files ranks take rows in even ranges; of text, the lines in even ranges of bytes, so that nobody has to look
/// through the whole file.
public struct ShardedFile: Sendable {
  /// The samples that this rank read, in the numbering of the whole file.
  public let range: Range<Int>
  /// The number of samples in the file.
  public let wholeCount: Int

  /// Reads rows of a NumPy array.
  ///
  /// - Throws: `OptimKitError` on all ranks.
  public static func numPy(
    _ url: URL, _ reduction: any Reduction
  ) throws -> (part: ShardedFile, array: NumPyArray) {
    try reduction.together {
      var range = 0..<0
      let (array, count) = try NumPyArray.rows(of: url) {
        range = Sharding.evenRange(of: $0, reduction)
        return range
      }
      return (ShardedFile(range: range, wholeCount: count), array)
    }
  }

  /// Reads lines of a comma-separated table; nil for a rank that no line begins in the part of.
  ///
  /// - Throws: `OptimKitError` on all ranks; lines in it are counted from the first of the rank's part.
  public static func csv(
    _ url: URL, _ reduction: any Reduction
  ) throws -> (part: ShardedFile, table: CSVTable?) {
    let table: CSVTable? = try reduction.together {
      let text = try TextPart(of: url, reduction)
      guard text.data.contains(where: { !isBlank($0) }) else { return nil }
      guard let firstLine = text.firstLine else {
        // Perhaps the names of the columns, and nothing else.
        let lines = text.data.split(separator: UInt8(ascii: "\n")).count
        let table = Result { try CSVTable(parsing: text.data, name: url.path) }
        return lines == 1 && reduction.rankCount > 1 ? try? table.get() : try table.get()
      }
      // With the names of the columns above, or checked against the first row and left out.
      if (try? CSVTable(parsing: firstLine, name: url.path)) == nil {
        return try CSVTable(parsing: firstLine + text.data, name: url.path)
      }
      let first = try CSVTable(parsing: firstLine, name: url.path)
      let table = try CSVTable(parsing: text.data, name: url.path)
      guard first.columnCount == table.columnCount else {
        throw OptimKitError(
          .unreadableFile,
          cause:
            "a line of the file \(url.path) has \(table.columnCount) fields, but the first has "
            + "\(first.columnCount)", remedy: "give every line the same number of fields")
      }
      return table
    }
    return (try Self(count: table?.rowCount ?? 0, reduction), table)
  }

  /// Reads lines of a text in the format of LIBSVM; nil for a rank that no sample is in the part of.
  ///
  /// - Returns: The samples, all of as many columns as the largest index of any rank.
  /// - Throws: `OptimKitError` on all ranks; lines in it are counted from the first of the rank's part.
  public static func libSVM(
    _ url: URL, _ reduction: any Reduction
  ) throws -> (part: ShardedFile, file: LIBSVMFile?, featureCount: Int) {
    let data = try reduction.together { try TextPart(of: url, reduction).data }
    // How many columns there are shows once all have looked.
    let isEmpty = !data.contains { !isBlank($0) }
    let largest = try reduction.together {
      isEmpty
        ? 0 : try LIBSVMFile(parsing: data, name: url.path, featureCount: nil).features.columnCount
    }
    let count = Int(try reduction.gather(Double(largest)).max() ?? 0)
    let file = try reduction.together {
      isEmpty ? nil : try LIBSVMFile(parsing: data, name: url.path, featureCount: count)
    }
    return (try Self(count: file?.targets.count ?? 0, reduction), file, count)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: " ")
      || byte == UInt8(ascii: "\t")
  }

  private init(range: Range<Int>, wholeCount: Int) {
    self.range = range
    self.wholeCount = wholeCount
  }

  /// From how many samples each rank has.
  private init(count: Int, _ reduction: any Reduction) throws {
    let counts = try reduction.gather(Double(count)).map { Int($0) }
    let first = counts[..<reduction.rank].reduce(0, +)
    self.init(range: first..<first + count, wholeCount: counts.reduce(0, +))
  }
}

import Foundation

/// A table of numbers from a comma-separated file.
///
/// The format is strict, so that no damage goes unnoticed: commas between fields, lines that end with
/// LF or CRLF, as many fields in every line as in the first, and finite decimal numbers, with spaces or
/// tabs around them at most. The first line names the columns if one of its fields is not a number;
/// names may stand in double quotes. Blank lines are accepted at the end only.
///
///     let digits = try CSVTable(contentsOf: URL(filePath: "digits.csv"))
///     let firstRow = digits.values[..<digits.columnCount]
public struct CSVTable: Hashable, Sendable {
  /// The names of the columns, or `nil` if the first line holds numbers.
  public let header: [String]?
  /// The number of rows, the header not counted; at least one.
  public let rowCount: Int
  /// The number of columns; at least one.
  public let columnCount: Int
  /// The values, row by row.
  public let values: [Double]

  /// Reads a table from a file.
  ///
  /// - Parameter url: The file.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` if the file is absent, or as
  ///   ``init(parsing:name:)`` does.
  /// - Complexity: O(n) for n bytes.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
    try self.init(parsing: data, name: url.path)
  }

  /// Reads a table from the bytes of a file.
  ///
  /// - Parameters:
  ///   - data: The whole content of the file, in UTF-8.
  ///   - name: The name of the file, for error messages.
  /// - Throws: ``OptimKitError`` that names the file, the line and the column, both counted from 1: of
  ///   kind `nonFiniteValue` for NaN, an infinity or a number too large for `Double`, and
  ///   `unreadableFile` for a line of another length, an empty field, a field that is not a number, or
  ///   a file without numbers.
  /// - Complexity: O(n) for n bytes.
  public init(parsing data: Data, name: String) throws {
    var scanner = CSVScanner(bytes: [UInt8](data), name: name)
    header = try scanner.header()
    values = try scanner.values(columnCount: header?.count)
    rowCount = scanner.rowCount
    columnCount = values.count / max(1, rowCount)
  }
}

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
    var scanner = Scanner(bytes: [UInt8](data), name: name)
    header = try scanner.header()
    values = try scanner.values(columnCount: header?.count)
    rowCount = scanner.rowCount
    columnCount = values.count / max(1, rowCount)
  }
}

/// Reads a file front to back, keeping the line and the column for error messages.
private struct Scanner {
  let bytes: [UInt8]
  let name: String
  private(set) var rowCount = 0
  private var index = 0
  private var line = 1
  private var column = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: byteOrderMark) { index = byteOrderMark.count }
  }

  private func byte(at index: Int) -> UInt8? {
    index < bytes.count ? bytes[index] : nil
  }

  // MARK: Lines and fields

  /// Reads the first line if it names columns; otherwise stays where it is.
  mutating func header() throws -> [String]? {
    let start = index
    var names: [String] = []
    var hasName = false
    repeat {
      let isQuoted = byte(at: skippingSpace(from: index)) == Self.quote
      let text = isQuoted ? try quotedField() : plainField()
      hasName = hasName || isQuoted || Self.isName(text)
      names.append(text)
    } while nextField()
    guard hasName else {
      (index, column) = (start, 1)
      return nil
    }
    nextLine()
    return names
  }

  /// Reads the rows up to the end, each as long as the first, or as the header if there is one.
  mutating func values(columnCount: Int?) throws -> [Double] {
    var expectedCount = columnCount
    var values: [Double] = []
    while !isAtTrailingBlankLines {
      repeat {
        values.append(try number())
      } while nextField()
      let count = expectedCount ?? column
      guard column == count else {
        throw unreadable(
          "line \(line) has \(column) fields, but the first line has \(count)",
          remedy: "give every line the same number of fields")
      }
      expectedCount = count
      rowCount += 1
      nextLine()
    }
    guard rowCount > 0 else {
      throw unreadable("there are no rows of numbers", remedy: "check that it is the right file")
    }
    return values
  }

  private var isAtTrailingBlankLines: Bool {
    var end = index
    while let byte = byte(at: end), byte == Self.lineFeed || byte == Self.carriageReturn {
      end += 1
    }
    return end == bytes.count
  }

  private func skippingSpace(from start: Int) -> Int {
    var index = start
    while let byte = byte(at: index), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
      index += 1
    }
    return index
  }

  /// Returns whether a field ends at an index: at a comma, a line end or the end of the file.
  private func isFieldEnd(_ index: Int) -> Bool {
    switch byte(at: index) {
    case nil, Self.comma, Self.lineFeed: true
    case Self.carriageReturn: byte(at: index + 1).map { $0 == Self.lineFeed } ?? true
    default: false
    }
  }

  /// Moves from the end of a field to the next one in the line, if there is one.
  private mutating func nextField() -> Bool {
    guard byte(at: index) == Self.comma else { return false }
    index += 1
    column += 1
    return true
  }

  /// Moves from the end of the last field of a line to the next line.
  private mutating func nextLine() {
    if byte(at: index) == Self.carriageReturn { index += 1 }
    if byte(at: index) == Self.lineFeed { index += 1 }
    line += 1
    column = 1
  }

  // MARK: Names

  /// Returns whether a field of the first line is a name, and neither empty nor a number, finite or
  /// not.
  private static func isName(_ field: String) -> Bool {
    !field.isEmpty && Double(field) == nil
  }

  private mutating func plainField() -> String {
    let start = skippingSpace(from: index)
    index = start
    while !isFieldEnd(index) { index += 1 }
    let field = bytes[start..<index]
    let last = field.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return last.map { String(decoding: field[start...$0], as: UTF8.self) } ?? ""
  }

  private mutating func quotedField() throws -> String {
    var text: [UInt8] = []
    index = skippingSpace(from: index) + 1
    while let byte = byte(at: index), byte != Self.lineFeed {
      index += 1
      if byte != Self.quote {
        text.append(byte)
      } else if self.byte(at: index) == Self.quote {
        text.append(byte)
        index += 1
      } else {
        index = skippingSpace(from: index)
        guard isFieldEnd(index) else { break }
        return String(decoding: text, as: UTF8.self)
      }
    }
    throw unreadable(
      "\(place) has a quoted name that does not end with its field",
      remedy: "close the quotation mark, and double those within")
  }

  // MARK: Numbers

  /// Reads a field that is a finite decimal number, and moves to its end.
  private mutating func number() throws -> Double {
    let start = skippingSpace(from: index)
    var end = start
    var isNegative = false
    if let sign = byte(at: end), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      end += 1
    }
    // Up to 18 digits fit the significand; longer numbers take the slow path.
    var significand: UInt64 = 0
    let integerCount = scanDigits(at: &end, into: &significand)
    var fractionCount = 0
    if byte(at: end) == UInt8(ascii: ".") {
      end += 1
      fractionCount = scanDigits(at: &end, into: &significand)
    }
    let digitCount = integerCount + fractionCount
    let mark = byte(at: end)
    let hasExponent = mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E")
    if hasExponent {
      end += 1
      if let sign = byte(at: end), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        end += 1
      }
      var exponent: UInt64 = 0
      guard scanDigits(at: &end, into: &exponent) > 0 else { throw notANumber() }
    }
    let next = skippingSpace(from: end)
    guard digitCount > 0, isFieldEnd(next) else { throw notANumber() }
    index = next

    // Both operands are exact, so one division rounds correctly (Clinger 1990).
    if !hasExponent, digitCount <= 18, significand <= 1 << 53, fractionCount <= 22 {
      let magnitude = Double(significand) / Self.powersOfTen[fractionCount]
      return isNegative ? -magnitude : magnitude
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let value = Double(text) else { throw notANumber() }
    guard value.isFinite else { throw nonFinite(text) }
    return value
  }

  /// Passes over digits, appends them to a number, modulo 2⁶⁴, and returns how many there were.
  private func scanDigits(at index: inout Int, into number: inout UInt64) -> Int {
    let start = index
    while let byte = byte(at: index), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
      number = number &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
      index += 1
    }
    return index - start
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  // MARK: Errors

  private var place: String { "line \(line), column \(column)" }

  /// Describes the field at the current index, which is not a number.
  private mutating func notANumber() -> OptimKitError {
    let field = plainField()
    if field.isEmpty {
      return unreadable("\(place) is empty", remedy: "fill in the value, or remove the row")
    }
    if let value = Double(field), !value.isFinite { return nonFinite(field) }
    let excerpt = field.count > 40 ? field.prefix(40) + "…" : field[...]
    return unreadable(
      "\(place) is '\(excerpt)', not a number",
      remedy: "write decimal numbers with a point, separated by commas")
  }

  private func nonFinite(_ field: String) -> OptimKitError {
    OptimKitError(
      .nonFiniteValue, cause: "in the file \(name), \(place) is '\(field.prefix(40))', not finite",
      remedy: "replace the value, or remove the row")
  }

  private func unreadable(_ finding: String, remedy: String) -> OptimKitError {
    OptimKitError(.unreadableFile, cause: "in the file \(name), \(finding)", remedy: remedy)
  }
}

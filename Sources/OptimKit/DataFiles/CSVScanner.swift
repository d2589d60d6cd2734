/// Reads a file front to back, keeping the line and the column for error messages.
struct CSVScanner {
  let bytes: [UInt8]
  let name: String
  private(set) var rowCount = 0
  var index = 0
  private var line = 1
  private var column = 1

  static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: byteOrderMark) { index = byteOrderMark.count }
  }

  func byte(at index: Int) -> UInt8? {
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

  func skippingSpace(from start: Int) -> Int {
    var index = start
    while let byte = byte(at: index), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
      index += 1
    }
    return index
  }

  /// Returns whether a field ends at an index: at a comma, a line end or the end of the file.
  func isFieldEnd(_ index: Int) -> Bool {
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

  mutating func plainField() -> String {
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

  // MARK: Errors

  var place: String { "line \(line), column \(column)" }

  func unreadable(_ finding: String, remedy: String) -> OptimKitError {
    OptimKitError(.unreadableFile, cause: "in the file \(name), \(finding)", remedy: remedy)
  }
}

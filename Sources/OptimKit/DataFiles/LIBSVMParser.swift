import Foundation

/// Reads the LIBSVM format front to back, keeping the line and the column for error messages.
struct LIBSVMParser {
  private let bytes: [UInt8]
  private let name: String
  private let featureCount: Int?
  private var index = 0
  private var line = 1
  private var lineStart = 0

  private(set) var targets: [Double] = []
  private(set) var rowOffsets = [0]
  private(set) var columns: [Int32] = []
  private(set) var values: [Double] = []
  private(set) var largestColumn: Int32 = -1

  init(bytes: [UInt8], name: String, featureCount: Int?) {
    self.bytes = bytes
    self.name = name
    self.featureCount = featureCount
  }

  mutating func parse() throws {
    while index < bytes.count {
      if let token = nextToken() {
        targets.append(try number(token))
        try parsePairs()
        rowOffsets.append(values.count)
      }
      // The line feed, past a comment.
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      index += 1
      line += 1
      lineStart = index
    }
    guard !targets.isEmpty else {
      throw unreadable("there are no samples", remedy: "check that it is the right file")
    }
    guard largestColumn >= 0 || (featureCount ?? 0) > 0 else {
      throw unreadable("no sample has a feature", remedy: "check that it is the right file")
    }
  }

  private mutating func parsePairs() throws {
    var previous: Int32 = -1
    while let token = nextToken() {
      guard let colon = bytes[token].firstIndex(of: UInt8(ascii: ":")) else {
        throw unreadable(token, "not a pair index:value")
      }
      let text = String(decoding: bytes[token.lowerBound..<colon], as: UTF8.self)
      guard let number = Int32(text), number > 0 else {
        throw unreadable(token, "a pair whose index is not a whole number from 1 to \(Int32.max)")
      }
      if let featureCount, number > featureCount {
        throw unreadable(token, "a pair whose index is above the \(featureCount) features")
      }
      guard number - 1 > previous else {
        throw unreadable(token, "a pair whose index does not ascend")
      }
      previous = number - 1
      columns.append(previous)
      values.append(try self.number(colon + 1..<token.upperBound))
    }
    largestColumn = max(largestColumn, previous)
  }

  /// The next run of characters on the line that are not space; nil at its end, and at a comment.
  private mutating func nextToken() -> Range<Int>? {
    while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
    let start = index
    while index < bytes.count, !Self.isSpace(bytes[index]), bytes[index] != UInt8(ascii: "\n"),
      bytes[index] != UInt8(ascii: "#")
    { index += 1 }
    return index > start ? start..<index : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private func number(_ range: Range<Int>) throws -> Double {
    let text = String(decoding: bytes[range], as: UTF8.self)
    guard let value = Double(text) else { throw unreadable(range, "not a number") }
    guard value.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "in the file \(name), \(place(range)) is '\(text)', not finite",
        remedy: "replace the value, or remove the sample")
    }
    return value
  }

  // MARK: Errors

  private func place(_ range: Range<Int>) -> String {
    "line \(line), column \(range.lowerBound - lineStart + 1)"
  }

  private func unreadable(_ range: Range<Int>, _ finding: String) -> OptimKitError {
    let text = String(decoding: bytes[range].prefix(40), as: UTF8.self)
    return unreadable(
      "\(place(range)) is '\(text)', \(finding)",
      remedy: "write a target and pairs index:value, separated by spaces, indices ascending from 1")
  }

  private func unreadable(_ finding: String, remedy: String) -> OptimKitError {
    OptimKitError(.unreadableFile, cause: "in the file \(name), \(finding)", remedy: remedy)
  }
}

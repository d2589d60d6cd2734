/// Numbers, as far as possible without making strings of them.
extension CSVScanner {
  /// Reads a field that is a finite decimal number, and moves to its end.
  mutating func number() throws -> Double {
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
}

extension NumPyArray {
  /// The entries of an `.npy` header: a Python dictionary literal with three keys.
  struct Header {
    /// The element type: the text of a string such as `<f8`, or the source of any other literal.
    var elementType: String
    /// Whether columns, rather than rows, are contiguous.
    var isColumnMajor: Bool
    /// The extent of each dimension.
    var shape: [Int]

    /// Parses the text of a header.
    ///
    /// - Throws: ``Malformed`` with what is wrong.
    init(parsing text: [UInt8]) throws(Malformed) {
      var literal = PythonLiteral(text: text)
      var elementType: String?
      var isColumnMajor: Bool?
      var shape: [Int]?
      try literal.consume("{", or: "the header is not a Python dictionary")
      while !literal.consumed("}") {
        let key = try literal.string()
        try literal.consume(":", or: "the header has no ':' after the key '\(key)'")
        switch key {
        case "descr" where elementType == nil: elementType = try literal.elementType()
        case "fortran_order" where isColumnMajor == nil: isColumnMajor = try literal.boolean()
        case "shape" where shape == nil: shape = try literal.tuple()
        default: throw Malformed("the header has an unknown or repeated key '\(key)'")
        }
        if !literal.consumed(",") {
          try literal.consume("}", or: "the header has no ',' or '}' after the key '\(key)'")
          break
        }
      }
      guard literal.isAtEnd else { throw Malformed("the header goes on after its dictionary") }
      guard let elementType else { throw Malformed("the header has no key 'descr'") }
      guard let isColumnMajor else { throw Malformed("the header has no key 'fortran_order'") }
      guard let shape else { throw Malformed("the header has no key 'shape'") }
      self.elementType = elementType
      self.isColumnMajor = isColumnMajor
      self.shape = shape
    }

    /// What is wrong with a header.
    struct Malformed: Error {
      let cause: String

      init(_ cause: String) {
        self.cause = cause
      }
    }
  }
}

/// A scanner of the few Python literals that occur in a header.
private struct PythonLiteral {
  let text: [UInt8]
  var index = 0

  init(text: [UInt8]) {
    self.text = text
  }

  private var next: UInt8? { index < text.count ? text[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, [UInt8(ascii: " "), 9, 10, 13].contains(byte) { index += 1 }
  }

  /// Whether only space is left.
  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return next == nil
    }
  }

  /// Passes over a character if it comes next.
  mutating func consumed(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func consume(
    _ character: Unicode.Scalar, or cause: @autoclosure () -> String
  ) throws(NumPyArray.Header.Malformed) {
    guard consumed(character) else { throw NumPyArray.Header.Malformed(cause()) }
  }

  /// Reads a string in single or double quotes, without escapes.
  mutating func string() throws(NumPyArray.Header.Malformed) -> String {
    skipSpace()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw NumPyArray.Header.Malformed("the header has no string where one belongs")
    }
    let start = index + 1
    guard let end = text[start...].firstIndex(of: quote) else {
      throw NumPyArray.Header.Malformed("the header has a string without an end")
    }
    index = end + 1
    return excerpt(start..<end)
  }

  /// Reads a string, or returns the source of a list or tuple, as structured types have.
  mutating func elementType() throws(NumPyArray.Header.Malformed) -> String {
    skipSpace()
    guard next == UInt8(ascii: "[") || next == UInt8(ascii: "(") else { return try string() }
    let start = index
    var depth = 0
    while let byte = next {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        _ = try string()
        continue
      default: break
      }
      index += 1
      if depth == 0 { return excerpt(start..<index) }
    }
    throw NumPyArray.Header.Malformed("the header has a list without an end")
  }

  mutating func boolean() throws(NumPyArray.Header.Malformed) -> Bool {
    let word = word()
    switch word {
    case "True": return true
    case "False": return false
    default:
      throw NumPyArray.Header.Malformed(
        "the header's 'fortran_order' is '\(word)', not True or False")
    }
  }

  /// Reads a tuple of integers, each perhaps with the suffix `L` of Python 2.
  mutating func tuple() throws(NumPyArray.Header.Malformed) -> [Int] {
    var extents: [Int] = []
    try consume("(", or: "the header's 'shape' is not a tuple")
    while !consumed(")") {
      let word = word()
      guard let extent = Int(word.hasSuffix("L") ? String(word.dropLast()) : word) else {
        throw NumPyArray.Header.Malformed(
          "the header's 'shape' has '\(word)' where an integer of at most 64 bits belongs")
      }
      extents.append(extent)
      if !consumed(",") {
        // Without a comma, one number in parentheses is no tuple.
        guard extents.count > 1 else {
          throw NumPyArray.Header.Malformed("the header's 'shape' is not a tuple")
        }
        try consume(")", or: "the header's 'shape' is a tuple without an end")
        break
      }
    }
    return extents
  }

  /// Reads the letters, digits and signs up to the next other character.
  private mutating func word() -> String {
    skipSpace()
    let start = index
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        index += 1
        continue
      default: break
      }
      break
    }
    return excerpt(start..<index)
  }

  /// Returns a piece of the source, cut where it is long, as it may end up in an error message.
  private func excerpt(_ range: Range<Int>) -> String {
    let limit = 80
    let text = String(decoding: text[range].prefix(limit), as: UTF8.self)
    return range.count > limit ? text + "…" : text
  }
}

// Element i of a sequence depends on the key and on i alone. `@specialized` compiles each loop for the
// two usual scalars: unspecialised, it is about forty times slower.

extension RandomKey {
  /// Fills a span with independent values, uniform on a half-open range.
  ///
  /// Element i of the sequence depends on the key and on i alone, so pieces of an array can be filled
  /// in any order and in parallel. For the range 0 ..< 1, element i is what the i-th call of
  /// ``RandomStream/uniform(as:)`` returns on the key's stream.
  ///
  /// - Parameters:
  ///   - span: The elements to fill.
  ///   - range: The range of the values, 0 ..< 1 by default; an empty range gives its bound.
  ///   - offset: The index in the sequence of the span's first element; 0 by default.
  /// - Precondition: `offset` is not negative, and the width of `range` is finite.
  /// - Complexity: O(`span.count`), fast for `Double` and `Float`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func fillUniform<Scalar: BinaryFloatingPoint>(
    _ span: inout MutableSpan<Scalar>, in range: Range<Scalar> = 0..<1, from offset: Int = 0
  ) {
    precondition(offset >= 0, "the offset of a random sequence must not be negative")
    let lower = range.lowerBound
    let width = range.upperBound - lower
    precondition(width.isFinite, "the width of a uniform distribution must be finite")
    // Rounding may reach the upper bound, which the range excludes.
    let largest = max(lower, range.upperBound.nextDown)
    let count = span.count
    var position = UInt64(offset) / 2
    var index = 0
    if !offset.isMultiple(of: 2), count > 0 {
      span[0] = min(lower + width * unitUniform(words(at: position).1), largest)
      position += 1
      index = 1
    }
    while index + 1 < count {
      let words = words(at: position)
      span[index] = min(lower + width * unitUniform(words.0), largest)
      span[index + 1] = min(lower + width * unitUniform(words.1), largest)
      position += 1
      index += 2
    }
    if index < count {
      span[index] = min(lower + width * unitUniform(words(at: position).0), largest)
    }
  }

  /// Fills a span with independent signs, −1 or +1 with equal probability.
  ///
  /// Element i of the sequence depends on the key and on i alone (one bit of a block), so pieces of an
  /// array can be filled in any order and in parallel.
  ///
  /// - Parameters:
  ///   - span: The elements to fill.
  ///   - offset: The index in the sequence of the span's first element; 0 by default.
  /// - Precondition: `offset` is not negative.
  /// - Complexity: O(`span.count`), fast for `Double` and `Float`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func fillRademacher<Scalar: BinaryFloatingPoint>(
    _ span: inout MutableSpan<Scalar>, from offset: Int = 0
  ) {
    precondition(offset >= 0, "the offset of a random sequence must not be negative")
    let count = span.count
    var start = 0
    while start < count {
      let element = UInt64(offset) + UInt64(start)
      let words = words(at: element / 128)
      let firstBit = Int(element % 64)
      let bits = (element % 128 < 64 ? words.0 : words.1) >> UInt64(firstBit)
      let end = start + min(64 - firstBit, count - start)
      for index in start..<end {
        span[index] = (bits >> UInt64(index - start)) & 1 == 0 ? 1 : -1
      }
      start = end
    }
  }
}

/// Turns a word into a uniform value on 0 ..< 1 with as many bits as the scalar holds, 53 at most.
func unitUniform<Scalar: BinaryFloatingPoint>(_ word: UInt64) -> Scalar {
  let bitCount = min(53, Scalar.significandBitCount + 1)
  return Scalar(Int(word >> UInt64(64 - bitCount)))
    * Scalar(sign: .plus, exponent: Scalar.Exponent(-bitCount), significand: 1)
}

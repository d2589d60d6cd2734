extension MutableSpan {
  /// Calls `body` with the elements of `range` as a span of their own.
  package mutating func withSlice<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "the slice is inside the span")
    return try withUnsafeMutableBufferPointer { elements throws(Failure) in
      var slice = elements.extracting(range).mutableSpan
      return try body(&slice)
    }
  }
}

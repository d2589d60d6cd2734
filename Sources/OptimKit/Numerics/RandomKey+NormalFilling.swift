import CKernels

extension RandomKey {
  /// Fills a span with independent standard normal values.
  ///
  /// Element i of the sequence depends on the key and on i alone, so pieces of an array can be filled
  /// in any order and in parallel; a long span is shared out over threads. The values are the same bits at
  /// every level of kernels. `Float` values are the `Double` values, rounded. No value exceeds 8.6 in
  /// magnitude. The values come from the Box–Muller transform, one block for two elements.
  ///
  /// - Parameters:
  ///   - span: The elements to fill.
  ///   - offset: The index in the sequence of the span's first element; 0 by default.
  /// - Precondition: `offset` is not negative.
  /// - Complexity: O(`span.count`), fast for `Double` and `Float`.
  public func fillNormal<Scalar: BinaryFloatingPoint>(
    _ span: inout MutableSpan<Scalar>, from offset: Int = 0
  ) {
    precondition(offset >= 0, "the offset of a random sequence must not be negative")
    span.withUnsafeMutableBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      let memory = UnsafeMutableRawPointer(start)
      let count = elements.count
      // The scalar is the very type that the memory is taken for.
      if Scalar.self == Double.self {
        fillNormal(memory.assumingMemoryBound(to: Double.self), count, from: UInt64(offset))
      } else if Scalar.self == Float.self {
        fillNormal(memory.assumingMemoryBound(to: Float.self), count, from: UInt64(offset))
      } else {
        var values = Double.zeros(count)
        values.withUnsafeMutableBufferPointer {
          fillNormal($0.baseAddress!, count, from: UInt64(offset))
        }
        for (index, value) in values.enumerated() { elements[index] = Scalar(value) }
      }
    }
  }

  private func fillNormal<Scalar: RealScalar>(
    _ elements: UnsafeMutablePointer<Scalar>, _ count: Int, from offset: UInt64
  ) {
    let elements = Shared(elements)
    ThreadPool.forEachChunk(of: count) { range in
      Scalar.routines.kernels.normal(
        seed, counterHigh, offset + UInt64(range.lowerBound), range.count,
        elements.pointer + range.lowerBound)
    }
  }
}

/// Turns two words into two independent standard normal values.
///
/// Source: Box and Muller, "A note on the generation of random normal deviates", Annals of
/// Mathematical Statistics 29 (1958).
func boxMuller(_ first: UInt64, _ second: UInt64) -> (Double, Double) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { pair in
    optimkit_normal_pair(first, second, pair.baseAddress)
    return (pair[0], pair[1])
  }
}

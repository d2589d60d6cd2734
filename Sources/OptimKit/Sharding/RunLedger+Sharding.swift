extension RunLedger {
  /// x ← Σ x over the ranks, after `body` has written what this one has of it; `body` alone where nothing is held in
  /// parts.
  ///
  /// A last element tells whether somebody wants the run to end: all ranks learn of it in the same sum, and stop at the
  /// same place.
  ///
  /// - Throws: What `body` throws, after telling the other ranks; `CancellationError` on all ranks.
  func completing<Scalar: RealScalar>(
    _ x: inout MutableSpan<Scalar>, _ sharding: Sharding?, _ kind: CommunicationKind,
    _ body: (inout MutableSpan<Scalar>) throws -> Void
  ) throws {
    guard let sharding else { return try body(&x) }
    try sharding.orAbandon { try body(&x) }
    try complete(&x, sharding, kind)
  }

  /// x ← Σ x over the ranks.
  func complete<Scalar: RealScalar>(
    _ x: inout MutableSpan<Scalar>, _ sharding: Sharding?, _ kind: CommunicationKind
  ) throws {
    guard let sharding else { return }
    let count = x.count
    let isCancelled = try Scalar.withScratch(count: count + 1) { memory in
      var all = memory.mutableSpan
      all.withSlice(0..<count) { Scalar.copy(x.span, into: &$0) }
      all[count] = request?.isCancelledHere == true ? 1 : 0
      try sharding.sum(&all, kind)
      Scalar.copy(all.span.extracting(0..<count), into: &x)
      return all[count] > 0
    }
    guard isCancelled else { return }
    cancellation.cancel()
    throw CancellationError()
  }

  /// Lower triangle of x, row-major and square ← Σ over the ranks, of which only that triangle travels.
  func completeTriangle<Scalar: RealScalar>(
    _ x: inout MutableSpan<Scalar>, order: Int, _ sharding: Sharding?, _ kind: CommunicationKind
  ) throws {
    guard sharding != nil else { return }
    // Packed a few rows at a time, so that no second matrix is held.
    let largest = max(order, 1 << 21)
    var first = 0
    while first < order {
      var (end, count) = (first, 0)
      while end < order, count + end + 1 <= largest {
        count += end + 1
        end += 1
      }
      try Scalar.withScratch(count: count) { memory in
        var packed = memory.mutableSpan
        var place = 0
        for row in first..<end {
          let elements = x.span.extracting(row * order..<row * order + row + 1)
          packed.withSlice(place..<place + row + 1) { Scalar.copy(elements, into: &$0) }
          place += row + 1
        }
        try complete(&packed, sharding, kind)
        place = 0
        for row in first..<end {
          let elements = packed.span.extracting(place..<place + row + 1)
          x.withSlice(row * order..<row * order + row + 1) { Scalar.copy(elements, into: &$0) }
          place += row + 1
        }
      }
      first = end
    }
  }
}

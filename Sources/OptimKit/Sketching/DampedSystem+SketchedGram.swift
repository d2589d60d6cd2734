/// Sketches of dense rows that stream by, in the primal, and the Gram matrix of S A without S A.
extension DampedSystem {
  /// Whether rows of T are dense and belong to the long side, so that `formSketchedGram` works.
  package var streamsRows: Bool {
    !isDual && !isSharded && sparseRows == nil && rowAccessible != nil
  }

  /// Lower triangle of gram ← c² (S A)ᵀ S A, in another precision if need be.
  ///
  /// S A is held in groups of lanes as it is summed, and only a few of its rows at once in a row.
  ///
  /// - Returns: c, a power of two that keeps elements within the range of `Float`; 1 in working precision. Where the
  ///   first rows of A tell too little of the others, elements of the result may be infinite.
  /// - Complexity: As `apply(_:into:)`, and s k² operations. Storage: s k elements of the type of the result, 2¹⁹ more,
  ///   and a block of rows; allocated at first use and shared by the systems of one run.
  /// - Caller must: ask `streamsRows` first.
  package func formSketchedGram<Element: RealScalar>(
    of sketch: any Sketch, into gram: inout Matrix<Element>
  ) throws -> Scalar {
    guard let rowAccessible, streamsRows else {
      preconditionFailure("rows of the long side are at hand")
    }
    let order = shortCount
    precondition(sketch.columnCount == longCount, "the sketch fits the long side")
    precondition(gram.rowCount == order && gram.columnCount == order)
    ledger.counts.sketches += 1
    return try withSketchedRows(of: rowAccessible, with: sketch, in: Element.self) {
      groups, scale in
      try ledger.measureInterruptibly(.factorization) {
        var elements = gram.storage.mutableSpan
        let length = min(sketch.rowCount, max(256, (1 << 19) / order))
        Element.withScratch(count: length * order) { panel in
          for first in stride(from: 0, to: sketch.rowCount, by: length) {
            let rows = first..<min(sketch.rowCount, first + length)
            let target = Shared(panel)
            ThreadPool.forEach(groups.count) { number in
              groups[number].buffers.copySum(
                rows: rows, to: target.pointer, columns: order, group: groups[number].columns)
            }
            Element.addGram(
              of: UnsafeBufferPointer(panel.extracting(0..<rows.count * order)).span, .transposed,
              order: order, inner: rows.count, plus: first == 0 ? 0 : 1, into: &elements)
          }
        }
      }
      return scale
    }
  }

  /// A group of columns, and the sum of its lanes.
  struct SketchedColumns<Element: RealScalar>: @unchecked Sendable {
    let columns: Range<Int>
    let buffers: SketchBuffers<Element>
  }

  /// Calls `body` with c S A, in groups of columns, and with c.
  ///
  /// Blocks of rows stream by once; each is shared out over the groups of lanes.
  func withSketchedRows<Element: RealScalar, Result>(
    of rows: any RowAccessible<Scalar>, with sketch: any Sketch, in precision: Element.Type,
    _ body: ([SketchedColumns<Element>], Scalar) throws -> Result
  ) throws -> Result {
    let lanes = laneCount(for: sketch, width: Lanes.width(of: Element.self))
    let columns = columnCount
    let pool = scratch.sketchBuffers(of: Element.self)
    let groups = stride(from: 0, to: columns, by: lanes).map {
      SketchedColumns(
        columns: $0..<min(columns, $0 + lanes),
        buffers: pool.take(lanes: lanes, sumRows: sketch.rowCount))
    }
    defer { for group in groups { pool.giveBack(group.buffers) } }
    let scale = try ledger.measure(.sketch) {
      try addSketchedRows(of: rows, with: sketch, to: groups)
    }
    return try body(groups, scale)
  }

  private func addSketchedRows<Element: RealScalar>(
    of rows: any RowAccessible<Scalar>, with sketch: any Sketch,
    to groups: [SketchedColumns<Element>]
  ) throws -> Scalar {
    let columns = columnCount
    let blockRows = sketch.blockRowCount
    let source = AlignedBuffer.reserve(&scratch.rowBlock, min(blockRows, rowCount) * columns)
    let part = longPart
    var knownScale: Scalar? = Element.self == Scalar.self ? 1 : nil
    for number in 0..<sketch.blockCount where sketch.needsBlock(number) {
      try ledger.cancellation.check()
      let range = (number * blockRows..<(number + 1) * blockRows).clamped(to: part)
      guard !range.isEmpty else { continue }
      let before = range.lowerBound - number * blockRows
      let own = range.lowerBound - part.lowerBound..<range.upperBound - part.lowerBound
      try copyRows(own, of: rows, into: source)
      let scale: Scalar
      if let knownScale {
        scale = knownScale
      } else {
        let block = UnsafeBufferPointer(source.extracting(0..<range.count * columns))
        let largest = Scalar.largestMagnitude(in: block.span)
        // Zeros add nothing, and tell nothing.
        guard largest > 0 else { continue }
        scale = Self.powerOfTwo(near: 1 / largest)
        knownScale = scale
      }
      let shared = Shared(source.baseAddress!)
      try forEachGroup(groups.count, of: sketch) { group in
        let (group, buffers) = (groups[group].columns, groups[group].buffers)
        Element.withScratch(count: blockRows * buffers.lanes) { block in
          Scalar.copyIntoLanes(
            shared.pointer + group.lowerBound, stride: columns, columns: group.count,
            scaledBy: scale, into: block.baseAddress! + before * buffers.lanes, rows: range.count,
            lanes: buffers.lanes)
          block.extracting(0..<before * buffers.lanes).clear(from: 0)
          block.clear(from: (before + range.count) * buffers.lanes)
          sketch.accumulate(block, number: number, buffers)
        }
      }
    }
    return knownScale ?? 1
  }

  private static func powerOfTwo(near value: Scalar) -> Scalar {
    guard value.isFinite else { return 1 }
    let largest = Scalar.greatestFiniteMagnitude.exponent - 2
    return Scalar(
      sign: .plus, exponent: min(max(value.exponent, -largest), largest), significand: 1)
  }
}

extension RealScalar {
  /// Rows of block ← α times `columns` elements of each row of the source, rounded where the block is of another type,
  /// then zeros: `lanes` elements each.
  fileprivate static func copyIntoLanes<Element: RealScalar>(
    _ source: UnsafePointer<Self>, stride: Int, columns: Int, scaledBy alpha: Self,
    into block: UnsafeMutablePointer<Element>, rows: Int, lanes: Int
  ) {
    if let source = source as? UnsafePointer<Element> {
      Element.routines.kernels.copyIntoLanes(source, stride, columns, block, rows, lanes)
    } else if let block = block as? UnsafeMutablePointer<Float> {
      roundIntoLanes(
        source, stride: stride, columns: columns, scaledBy: alpha, into: block, rows: rows,
        lanes: lanes)
    } else {
      preconditionFailure("lanes are of the type of the source or of Float")
    }
  }

  @specialized(where Self == Double)
  @specialized(where Self == Float)
  private static func roundIntoLanes(
    _ source: UnsafePointer<Self>, stride: Int, columns: Int, scaledBy alpha: Self,
    into block: UnsafeMutablePointer<Float>, rows: Int, lanes: Int
  ) {
    var (from, to) = (source, block)
    for _ in 0..<rows {
      for i in 0..<columns { to[i] = Float(alpha * from[i]) }
      for i in columns..<lanes { to[i] = 0 }
      from += stride
      to += lanes
    }
  }
}

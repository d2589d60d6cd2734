extension DampedSystem {
  /// Draws a sketch of the long side, in the way that suits sketcher and system best: from the system
  /// where the distribution depends on it, for the factors of Khatri-Rao rows where both know them.
  ///
  /// - Throws: ``OptimKitError`` where an option of the sketcher is outside its domain, or the system does
  ///   not offer what it needs.
  public func makeSketch(
    from sketcher: any Sketcher, rows: Int, key: RandomKey
  ) throws -> any Sketch {
    try ledger.measure(.sketch) {
      if let sketcher = sketcher as? any SystemSketcher {
        try requireWhole(for: "a \(sketcher.name) sketch")
        return try sketcher.makeSketch(rows: rows, for: self, key: key)
      }
      if isDual, let khatriRaoRows, let sketcher = sketcher as? any KhatriRaoSketcher {
        return try sketcher.makeSketch(
          rows: rows, leftCount: wholeLongCount / khatriRaoRows.rightFactorCount,
          rightCount: khatriRaoRows.rightFactorCount, key: key)
      }
      return try sketcher.makeSketch(rows: rows, columns: wholeLongCount, key: key)
    }
  }

  /// The elements of the long side that are here, in a sketch's numbering.
  var longPart: Range<Int> { sharding?.elements ?? 0..<longCount }

  /// First `sketch.rowCount` rows of result ← S A for the tall matrix A of this system; `shortCount`
  /// columns. Further rows of the result are left alone.
  ///
  /// Columns of A are worked on in groups of lanes, side by side on several threads; each group sums its
  /// blocks in order, so that the result does not depend on the number of threads.
  ///
  /// - Complexity: n p times the cost of the sketch per element. From Khatri-Rao rows, blocks of A are
  ///   made in cache and never stored; a ``KhatriRaoSketch`` takes their factors instead. From sparse rows, a
  ///   ``SparseSketch`` costs by the stored elements, and takes a second matrix of the size of S A.
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where the Jacobian offers products only.
  public func apply(_ sketch: any Sketch, into result: inout Matrix<Scalar>) throws {
    precondition(sketch.columnCount == wholeLongCount, "the sketch fits the long side")
    precondition(result.rowCount >= sketch.rowCount && result.columnCount == shortCount)
    ledger.counts.sketches += 1
    try ledger.measure(.sketch) {
      guard let sharding else { return try applyToPart(sketch, into: &result) }
      try sharding.orAbandon { try applyToPart(sketch, into: &result) }
      let count = sketch.rowCount * shortCount
      try result.withMutableElements { elements in
        // A few million elements at a time: sums are staged.
        for first in stride(from: 0, to: count, by: 1 << 21) {
          try elements.withSlice(first..<min(count, first + 1 << 21)) {
            try ledger.complete(&$0, sharding, .sketch)
          }
        }
      }
    }
  }

  /// The same for the part of A that is here.
  private func applyToPart(_ sketch: any Sketch, into result: inout Matrix<Scalar>) throws {
    let part = longPart
    if isDual, let khatriRaoRows {
      if let factored = sketch as? any KhatriRaoSketch,
        factored.rightCount == khatriRaoRows.rightFactorCount,
        factored.leftCount * factored.rightCount == wholeLongCount
      {
        try sketchColumns(of: sketch, lanes: width, into: &result) { group, buffers in
          try factored.apply(to: khatriRaoRows, group, part, buffers)
        }
      } else {
        try sketchColumns(
          of: sketch, lanes: laneCount(for: sketch, width: width), into: &result
        ) { group, buffers in
          try sketch.accumulate(khatriRaoRows, group, part, buffers)
        }
      }
      scaleColumns(of: &result, rows: sketch.rowCount)
    } else if let sparseRows, let sparse = sketch as? any SparseSketch {
      try sketchSparseRows(of: sparseRows, with: sparse, into: &result)
    } else if isDual, let rowAccessible {
      // Whole rows are written out: 2²⁵ elements of them.
      let lanes = min(
        laneCount(for: sketch, width: width), max(1, (1 << 25) / longCount / width) * width)
      try sketchColumns(of: sketch, lanes: lanes, into: &result) { group, buffers in
        try sketch.accumulate(rowAccessible, group, part, buffers)
      }
      scaleColumns(of: &result, rows: sketch.rowCount)
    } else if let rowAccessible {
      try sketchRows(of: rowAccessible, with: sketch, into: &result)
    } else {
      throw OptimKitError(
        .missingCapability,
        cause: "the Jacobian offers products only, and a sketch needs its rows",
        remedy: "choose conjugate gradients, or make the Jacobian conform to RowAccessible")
    }
  }

  /// What a sketch is made from, in words.
  public func sketchAccess(of sketch: any Sketch) -> String {
    if isDual, khatriRaoRows != nil { return "sketch of Khatri-Rao rows" }
    guard sparseRows != nil else { return "sketch of streamed rows" }
    return sketch is any SparseSketch
      ? "sketch of sparse rows" : "sketch of sparse rows written out"
  }

  private var width: Int { Lanes.width(of: Scalar.self) }

  /// How many lanes travel together: as few as kernels allow, or all.
  func laneCount(for sketch: any Sketch, width: Int) -> Int {
    sketch.prefersManyLanes ? (shortCount + width - 1) / width * width : width
  }

  /// Dual: each group of lanes visits all blocks of its own columns of A, that is rows of J.
  private func sketchColumns(
    of sketch: any Sketch, lanes: Int, into result: inout Matrix<Scalar>,
    _ accumulate: @Sendable (Range<Int>, SketchBuffers<Scalar>) throws -> Void
  ) throws {
    let columns = result.columnCount
    let groups = (columns + lanes - 1) / lanes
    let rows = sketch.rowCount
    let pool = scratch.sketchBuffers
    let cancellation = ledger.cancellation
    try result.storage.withUnsafeMutableBufferPointer { target in
      let target = Shared(target)
      try forEachGroup(groups, of: sketch) { number in
        let group = number * lanes..<min(columns, (number + 1) * lanes)
        let buffers = pool.take(lanes: lanes, sumRows: rows)
        defer { pool.giveBack(buffers) }
        try cancellation.check()
        try accumulate(group, buffers)
        buffers.copySum(rows: 0..<rows, to: target.pointer, columns: columns, group: group)
      }
    }
  }

  /// Groups side by side on several threads, or one after the other for a sketch that shares out its
  /// own work.
  func forEachGroup(
    _ count: Int, of sketch: any Sketch, _ body: @Sendable (Int) throws -> Void
  ) throws {
    if sketch.prefersManyLanes {
      for number in 0..<count { try body(number) }
    } else {
      try ThreadPool.forEachThrowing(count, body)
    }
  }

  /// Primal: rows of J stream by once.
  private func sketchRows(
    of rows: any RowAccessible<Scalar>, with sketch: any Sketch, into result: inout Matrix<Scalar>
  ) throws {
    let columns = columnCount
    try withSketchedRows(of: rows, with: sketch, in: Scalar.self) { groups, _ in
      result.storage.withUnsafeMutableBufferPointer { target in
        for group in groups {
          group.buffers.copySum(
            rows: 0..<sketch.rowCount, to: target, columns: columns, group: group.columns)
        }
      }
    }
  }

  /// S A ← S A C: rows of J are scaled after sketching in the dual.
  private func scaleColumns(of result: inout Matrix<Scalar>, rows: Int) {
    if case .identity = curvatureFactor { return }
    var all = result.storage.mutableSpan
    for i in 0..<rows {
      all.withSlice(i * shortCount..<(i + 1) * shortCount) {
        curvatureFactor.multiplyTransposed(into: &$0)
      }
    }
  }
}

/// The rows of a Jacobian, in blocks of whole samples.
struct JacobianRows<Scalar: RealScalar> {
  private let rows: any RowAccessible<Scalar>
  private let outputsPerSample: Int

  /// Takes a Jacobian that writes its rows as it is; one that offers products only is multiplied by each unit vector.
  ///
  /// - Complexity: O(1); n p scalars and p products where there are products only.
  init(_ jacobian: any JacobianProvider<Scalar>, outputsPerSample: Int) throws {
    self.outputsPerSample = outputsPerSample
    rows = try jacobian.rowAccess ?? ProductRows(jacobian)
  }

  /// Calls `body` with C's share of the rows, and what rows they are.
  func forEachBlock(
    scaledBy factor: CurvatureFactor<Scalar> = .identity,
    _ body: (Range<Int>, consuming Matrix<Scalar>) throws -> Void
  ) throws {
    let (count, columns) = (rows.rowCount, rows.columnCount)
    // A block of four times as many rows as the triangle makes that a fifth of the work.
    let samples = max(1, max(1024, 4 * columns) / outputsPerSample)
    for first in Swift.stride(from: 0, to: count, by: samples * outputsPerSample) {
      let range = first..<min(count, first + samples * outputsPerSample)
      var block = Matrix<Scalar>(rowCount: range.count, columnCount: columns)
      try block.withMutableElements {
        try CurvatureFactor.copyRows(range, of: rows, scaledBy: factor, into: &$0)
      }
      try body(range, block)
    }
  }
}

/// The rows of a Jacobian that offers products only, by its columns.
private struct ProductRows<Scalar: RealScalar>: RowAccessible {
  private let base: any JacobianProvider<Scalar>
  private let matrix: Matrix<Scalar>

  init(_ base: any JacobianProvider<Scalar>) throws {
    self.base = base
    var columns = Matrix<Scalar>(rowCount: base.columnCount, columnCount: base.rowCount)
    var unit = Scalar.zeros(base.columnCount)
    try columns.withMutableElements { elements in
      for column in 0..<base.columnCount {
        unit[column] = 1
        let range = column * base.rowCount..<(column + 1) * base.rowCount
        try elements.withSlice(range) { try base.apply(unit.span, into: &$0) }
        unit[column] = 0
      }
    }
    matrix = columns.transposed()
  }

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try base.apply(x, into: &result)
  }

  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try base.applyTransposed(u, into: &result)
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    let elements = rows.lowerBound * columnCount..<rows.upperBound * columnCount
    Scalar.copy(matrix.storage.span.extracting(elements), into: &result)
  }
}

/// A Jacobian whose rows are sparse: it writes out their elements that may not be zero, and no others.
///
/// Normal matrices and sketches then cost by the stored elements instead of by rows times columns. The dense
/// rows of ``RowAccessible`` come with it.
///
/// - Implementor must: store no column twice in a row; allow calls from several threads at once.
public protocol SparseRows<Scalar>: RowAccessible {
  /// The number of stored elements; by default, what `copyRowOffsets` ends with.
  var storedElementCount: Int { get throws }

  /// result ← where each row starts in the sequence of all stored elements, and where the last one ends:
  /// `rowCount` + 1 numbers, the first of them 0.
  ///
  /// Who copies rows knows from these how many fit into the memory at hand.
  func copyRowOffsets(into result: inout MutableSpan<Int>) throws

  /// columns, values ← the stored elements of rows `rows`, one row after the other.
  ///
  /// - Caller must: pass spans of as many elements as the offsets tell.
  /// - Implementor must: let columns ascend within each row.
  func copySparseRows(
    _ rows: Range<Int>, columns: inout MutableSpan<Int32>, values: inout MutableSpan<Scalar>) throws
}

extension SparseRows {
  /// The last of the row offsets.
  ///
  /// - Complexity: That of `copyRowOffsets`.
  public var storedElementCount: Int {
    get throws { try rowOffsets()[rowCount] }
  }

  /// result ← rows `rows` of J, zeros and all.
  ///
  /// - Complexity: O(rows · p).
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) throws {
    precondition(result.count == rows.count * columnCount)
    try copySparseBlock([rows], offsets: rowOffsets()).copyElements(into: &result)
  }

  /// Where rows start, and where the last one ends.
  func rowOffsets() throws -> [Int] {
    var offsets = [Int](repeating: 0, count: rowCount + 1)
    var span = offsets.mutableSpan
    try copyRowOffsets(into: &span)
    return offsets
  }

  /// The rows of several ranges, one below the other.
  ///
  /// - Throws: ``OptimKitError`` where what is copied are no sparse rows.
  func copySparseBlock(_ ranges: [Range<Int>], offsets: [Int]) throws -> SparseMatrix<Scalar> {
    var blockOffsets = [0]
    var count = 0
    for range in ranges {
      let shift = count - offsets[range.lowerBound]
      blockOffsets += offsets[range.lowerBound + 1..<range.upperBound + 1].lazy.map { $0 + shift }
      count = blockOffsets[blockOffsets.count - 1]
    }
    guard let stored = blockOffsets.max(), stored == count, count >= 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the offsets of a Jacobian's sparse rows fall",
        remedy: "make copyRowOffsets of the Jacobian count stored elements")
    }
    var columns = [Int32](repeating: 0, count: count)
    var values = Scalar.zeros(count)
    var columnSpan = columns.mutableSpan
    var valueSpan = values.mutableSpan
    var first = 0
    for range in ranges {
      let end = first + offsets[range.upperBound] - offsets[range.lowerBound]
      try columnSpan.withSlice(first..<end) { columns in
        try valueSpan.withSlice(first..<end) { values in
          try copySparseRows(range, columns: &columns, values: &values)
        }
      }
      first = end
    }
    return try SparseMatrix(
      validating: blockOffsets.count - 1, columnCount: columnCount, rowOffsets: blockOffsets,
      columnIndices: columns, values: values)
  }
}

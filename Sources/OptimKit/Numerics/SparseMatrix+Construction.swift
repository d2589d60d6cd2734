extension SparseMatrix {
  /// An element of a matrix, by its place.
  public struct Triplet: Hashable, Sendable, Codable {
    /// The row.
    public var row: Int
    /// The column.
    public var column: Int
    /// The value.
    public var value: Scalar

    /// Creates a triplet.
    public init(row: Int, column: Int, value: Scalar) {
      self.row = row
      self.column = column
      self.value = value
    }
  }

  /// Creates a matrix from its elements in any order; those of the same place are summed, in the order given.
  ///
  /// - Complexity: O(rows + columns + triplets).
  /// - Throws: ``OptimKitError`` of kind `invalidArgument` where a size or a place is outside its range,
  ///   `nonFiniteValue` where a value or a sum is.
  public init(rowCount: Int, columnCount: Int, triplets: some Collection<Triplet>) throws {
    try Self.validateShape(rowCount, columnCount)
    var offsets = [Int](repeating: 0, count: columnCount + 1)
    for triplet in triplets {
      guard (0..<rowCount).contains(triplet.row), (0..<columnCount).contains(triplet.column) else {
        throw OptimKitError(
          .invalidArgument,
          cause: "an element in row \(triplet.row), column \(triplet.column) of a "
            + "\(rowCount) × \(columnCount) matrix",
          remedy: "count rows and columns from 0")
      }
      offsets[triplet.column + 1] += 1
    }
    for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
    // Sorted by columns first, stably; transposing sorts by rows.
    var rows = [Int32](repeating: 0, count: triplets.count)
    var values = Scalar.zeros(triplets.count)
    var next = offsets
    for triplet in triplets {
      let place = next[triplet.column]
      next[triplet.column] += 1
      rows[place] = Int32(triplet.row)
      values[place] = triplet.value
    }
    let sorted = SparseMatrix(
      unchecked: columnCount, columnCount: rowCount, rowOffsets: offsets, columnIndices: rows,
      values: values
    ).transposed()
    self = sorted.summingDuplicates()
    try Self.requireFinite(self.values)
  }

  /// Creates a matrix of the elements of a dense one that are not zero.
  ///
  /// - Complexity: O(rows · columns).
  /// - Throws: ``OptimKitError`` of kind `nonFiniteValue` where an element is NaN or infinite.
  public init(_ matrix: borrowing Matrix<Scalar>) throws {
    var offsets = [0]
    offsets.reserveCapacity(matrix.rowCount + 1)
    var columns: [Int32] = []
    var values: [Scalar] = []
    for i in 0..<matrix.rowCount {
      for (column, value) in matrix.row(i).enumerated() where value != 0 {
        columns.append(Int32(column))
        values.append(value)
      }
      offsets.append(values.count)
    }
    try self.init(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }

  /// Neighbours in one column of a row made one.
  private func summingDuplicates() -> Self {
    var offsets = [0]
    offsets.reserveCapacity(rowCount + 1)
    var columns: [Int32] = []
    var sums: [Scalar] = []
    columns.reserveCapacity(values.count)
    sums.reserveCapacity(values.count)
    for row in 0..<rowCount {
      for place in rowOffsets[row]..<rowOffsets[row + 1] {
        if sums.count > offsets[row], columns[columns.count - 1] == columnIndices[place] {
          sums[sums.count - 1] += values[place]
        } else {
          columns.append(columnIndices[place])
          sums.append(values[place])
        }
      }
      offsets.append(sums.count)
    }
    return Self(
      unchecked: rowCount, columnCount: columnCount, rowOffsets: offsets, columnIndices: columns,
      values: sums)
  }
}

extension SparseMatrix {
  /// result ← all elements, row after row.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func copyElements(into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rowCount * columnCount)
    Scalar.fill(&result, with: 0)
    for row in 0..<rowCount {
      for place in rowOffsets[row]..<rowOffsets[row + 1] {
        result[row * columnCount + Int(columnIndices[place])] = values[place]
      }
    }
  }
}

extension Matrix {
  /// Creates a dense matrix from a sparse one.
  ///
  /// - Complexity: O(rows · columns).
  public init(_ sparse: borrowing SparseMatrix<Scalar>) {
    self.init(rowCount: sparse.rowCount, columnCount: sparse.columnCount)
    var elements = storage.mutableSpan
    sparse.copyElements(into: &elements)
  }
}

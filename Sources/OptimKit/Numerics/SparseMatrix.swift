/// A sparse matrix in compressed rows (CSR): the elements of row i are `values[k]` in column
/// `columnIndices[k]`, for k in `rowOffsets[i] ..< rowOffsets[i + 1]`; all others are zero.
///
/// Columns ascend within each row, so that equal matrices with the same stored elements are equal values. A
/// stored element may be zero. Storage: a scalar and 4 bytes for each stored element, 8 bytes a row.
public struct SparseMatrix<Scalar: RealScalar>: Hashable, Sendable {
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// Where each row starts, and where the last one ends: `rowCount` + 1 numbers.
  public let rowOffsets: [Int]
  /// The column of each stored element.
  public let columnIndices: [Int32]
  /// The stored elements, row after row.
  public let values: [Scalar]

  /// The number of stored elements.
  public var storedCount: Int { values.count }

  /// Creates a matrix from its three arrays.
  ///
  /// - Parameters:
  ///   - rowCount: Not negative.
  ///   - columnCount: Between 0 and 2³¹ − 1.
  ///   - rowOffsets: `rowCount` + 1 numbers that start with 0, never fall, and end with the number of values.
  ///   - columnIndices: One for each value, strictly ascending within each row, from 0 ..< `columnCount`.
  ///   - values: Finite.
  /// - Complexity: O(rows + stored elements).
  /// - Throws: ``OptimKitError`` of kind `dimensionMismatch` where the arrays do not fit each other,
  ///   `invalidArgument` where a size, an offset or an index is wrong, `nonFiniteValue` where a value is.
  public init(
    rowCount: Int, columnCount: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Scalar]
  ) throws {
    try self.init(
      validating: rowCount, columnCount: columnCount, rowOffsets: rowOffsets,
      columnIndices: columnIndices, values: values)
    try Self.requireFinite(values)
  }

  /// Creates a matrix whose values may be anything, and checks all else.
  init(
    validating rowCount: Int, columnCount: Int, rowOffsets: [Int], columnIndices: [Int32],
    values: [Scalar]
  ) throws {
    try Self.validateShape(rowCount, columnCount)
    guard rowOffsets.count == rowCount + 1, columnIndices.count == values.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(rowOffsets.count) row offsets, \(columnIndices.count) column indices and "
          + "\(values.count) values for a sparse matrix of \(rowCount) rows",
        remedy: "pass \(rowCount + 1) offsets, and one index for each value")
    }
    guard rowOffsets[0] == 0, rowOffsets[rowCount] == values.count else {
      throw OptimKitError(
        .invalidArgument,
        cause: "row offsets run from \(rowOffsets[0]) to \(rowOffsets[rowCount]) for "
          + "\(values.count) values",
        remedy: "start with 0 and end with the number of values")
    }
    if let row = (0..<rowCount).first(where: { rowOffsets[$0] > rowOffsets[$0 + 1] }) {
      throw OptimKitError(
        .invalidArgument,
        cause: "row \(row) of a sparse matrix starts at \(rowOffsets[row]), after its end at "
          + "\(rowOffsets[row + 1])",
        remedy: "pass offsets that never fall")
    }
    for row in 0..<rowCount {
      var previous: Int32 = -1
      for index in columnIndices[rowOffsets[row]..<rowOffsets[row + 1]] {
        guard index > previous, index < columnCount else {
          throw OptimKitError(
            .invalidArgument,
            cause: "column \(index) follows column \(previous) in row \(row) of a sparse matrix of "
              + "\(columnCount) columns",
            remedy: "pass columns from 0 to \(columnCount - 1) that ascend strictly within each row"
          )
        }
        previous = index
      }
    }
    self.init(
      unchecked: rowCount, columnCount: columnCount, rowOffsets: rowOffsets,
      columnIndices: columnIndices, values: values)
  }

  /// Creates a matrix from arrays that are known to be right.
  init(
    unchecked rowCount: Int, columnCount: Int, rowOffsets: [Int], columnIndices: [Int32],
    values: [Scalar]
  ) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.rowOffsets = rowOffsets
    self.columnIndices = columnIndices
    self.values = values
  }

  static func validateShape(_ rowCount: Int, _ columnCount: Int) throws {
    guard (0...Int(Int32.max)).contains(rowCount), (0...Int(Int32.max)).contains(columnCount) else {
      throw OptimKitError(
        .invalidArgument, cause: "a sparse matrix of \(rowCount) × \(columnCount)",
        remedy: "choose sizes from 0 to \(Int32.max)")
    }
  }

  static func requireFinite(_ values: [Scalar]) throws {
    if let index = Scalar.firstNonFiniteIndex(in: values.span) {
      throw OptimKitError(
        .nonFiniteValue, cause: "value \(index) of a sparse matrix is \(values[index])",
        remedy: "pass finite values")
    }
  }
}

extension SparseMatrix: Codable {
  private enum CodingKeys: CodingKey {
    case rowCount
    case columnCount
    case rowOffsets
    case columnIndices
    case values
  }

  /// Decodes a matrix.
  ///
  /// - Throws: ``OptimKitError`` where the arrays are no sparse matrix; what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      rowCount: container.decode(Int.self, forKey: .rowCount),
      columnCount: container.decode(Int.self, forKey: .columnCount),
      rowOffsets: container.decode([Int].self, forKey: .rowOffsets),
      columnIndices: container.decode([Int32].self, forKey: .columnIndices),
      values: container.decode([Scalar].self, forKey: .values))
  }
}

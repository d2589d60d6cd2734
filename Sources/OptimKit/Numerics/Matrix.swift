/// A dense row-major matrix: element (i, j) is `storage[i * columnCount + j]`.
///
/// Samples are rows throughout OptimKit, as in NumPy and scikit-learn.
public struct Matrix<Scalar: RealScalar>: Hashable, Sendable, Codable {
  /// The number of rows.
  public private(set) var rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// The elements, row after row.
  public package(set) var storage: [Scalar]

  /// A matrix of zeros.
  ///
  /// - Complexity: O(rows · columns).
  public init(rowCount: Int, columnCount: Int) {
    precondition(rowCount >= 0 && columnCount >= 0, "sizes are not negative")
    self.rowCount = rowCount
    self.columnCount = columnCount
    storage = Scalar.zeros(rowCount * columnCount)
  }

  /// A matrix of given elements, row after row.
  ///
  /// - Throws: ``OptimKitError`` where `storage` does not have rowCount · columnCount elements.
  public init(rowCount: Int, columnCount: Int, storage: [Scalar]) throws {
    let (count, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
    guard rowCount >= 0, columnCount >= 0, !overflow, storage.count == count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(storage.count) values do not fill a \(rowCount) × \(columnCount) matrix",
        remedy: "pass \(rowCount) · \(columnCount) values, row after row")
    }
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.storage = storage
  }

  /// The identity matrix of order `order`.
  public static func identity(_ order: Int) -> Self {
    var result = Self(rowCount: order, columnCount: order)
    for i in 0..<order { result[i, i] = 1 }
    return result
  }

  /// The element in row `i`, column `j`.
  public subscript(i: Int, j: Int) -> Scalar {
    @inlinable get { storage[i * columnCount + j] }
    set { storage[i * columnCount + j] = newValue }
  }

  /// Calls `body` with all elements, row after row, to change them.
  public mutating func withMutableElements<Result, Failure: Error>(
    _ body: (inout MutableSpan<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var elements = storage.mutableSpan
    return try body(&elements)
  }

  /// The elements of row `i`.
  @inlinable
  public func row(_ i: Int) -> ArraySlice<Scalar> {
    storage[i * columnCount..<(i + 1) * columnCount]
  }

  /// The rows with the given numbers, in that order.
  ///
  /// - Complexity: O(rows · columns) of the result.
  public func selectingRows(_ rows: [Int]) -> Self {
    var result = Self(rowCount: rows.count, columnCount: columnCount)
    for (target, source) in rows.enumerated() {
      result.storage.replaceSubrange(
        target * columnCount..<(target + 1) * columnCount, with: row(source))
    }
    return result
  }

  /// Adds the rows of a matrix of as many columns at the end, in place where there is memory left.
  ///
  /// - Complexity: O(rows · columns) of `other`, amortized.
  package mutating func appendRows(of other: Self) {
    precondition(other.columnCount == columnCount, "rows have the same length")
    storage += other.storage
    rowCount += other.rowCount
  }

  /// The transposed matrix.
  ///
  /// - Complexity: O(rows · columns).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func transposed() -> Self {
    var elements = Scalar.zeros(storage.count)
    for i in 0..<rowCount {
      for j in 0..<columnCount {
        elements[j * rowCount + i] = storage[i * columnCount + j]
      }
    }
    var result = Self(rowCount: columnCount, columnCount: rowCount)
    result.storage = elements
    return result
  }
}

extension Matrix {
  private enum CodingKeys: CodingKey {
    case rowCount
    case columnCount
    case storage
  }

  /// Decodes a matrix.
  ///
  /// - Throws: ``OptimKitError`` where the elements do not fill the shape; what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      rowCount: container.decode(Int.self, forKey: .rowCount),
      columnCount: container.decode(Int.self, forKey: .columnCount),
      storage: container.decode([Scalar].self, forKey: .storage))
  }
}

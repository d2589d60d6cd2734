extension SparseMatrix {
  /// The rows with the given numbers, in that order.
  ///
  /// - Complexity: O(rows + elements copied).
  public func selectingRows(_ rows: [Int]) -> Self {
    var offsets = [0]
    offsets.reserveCapacity(rows.count + 1)
    var columns: [Int32] = []
    var elements: [Scalar] = []
    for row in rows {
      let range = rowOffsets[row]..<rowOffsets[row + 1]
      columns += columnIndices[range]
      elements += values[range]
      offsets.append(elements.count)
    }
    return Self(
      unchecked: rows.count, columnCount: columnCount, rowOffsets: offsets, columnIndices: columns,
      values: elements)
  }
}

import OptimKit

extension Matrix {
  /// Scales every row to unit length, as the theory of wide networks assumes; rows of zeros stay.
  package mutating func scaleRowsToUnitLength() {
    let (rowCount, columnCount) = (rowCount, columnCount)
    withMutableElements { elements in
      for row in 0..<rowCount {
        elements.withSlice(row * columnCount..<(row + 1) * columnCount) { row in
          let norm = Scalar.norm(row.span)
          if norm > 0 { Scalar.scale(&row, by: 1 / norm) }
        }
      }
    }
  }
}

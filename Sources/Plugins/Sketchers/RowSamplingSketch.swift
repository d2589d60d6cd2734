import OptimKit

/// A matrix S with one positive element in each row: rows of A picked out and scaled.
///
/// Cost O(s) per column of A. Only blocks that hold a picked row are made. Of sparse columns it visits the stored
/// elements, and finds the picks of each by bisection. Storage 12 bytes per row of S.
package struct RowSamplingSketch: SparseSketch {
  package let columnCount: Int
  package let blockRowCount = 16

  /// The picked rows of A, in ascending order.
  private let rows: [Int32]

  /// What they are multiplied by.
  private let weights: [Double]

  package var rowCount: Int { rows.count }

  /// Creates a sketch that picks `rows`, in ascending order.
  package init(rows: [Int], weights: [Double], columns: Int) {
    self.rows = rows.map(Int32.init)
    self.weights = weights
    columnCount = columns
  }

  package func needsBlock(_ number: Int) -> Bool { !picks(in: number).isEmpty }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    for pick in picks(in: number) {
      let weight = Scalar(weights[pick])
      let source = (Int(rows[pick]) - first) * lanes
      for lane in 0..<lanes { sum[pick * lanes + lane] += weight * block[source + lane] }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>
  ) {
    precondition(vectors.columnCount == columnCount && sums.count == rows.count * rowCount)
    for (position, row) in rows.enumerated() {
      for place in vectors.rowOffsets[row]..<vectors.rowOffsets[row + 1] {
        let index = vectors.columnIndices[place]
        var pick = firstPick(from: Int(index))
        while pick < rowCount, self.rows[pick] == index {
          sums[position * rowCount + pick] += Scalar(weights[pick]) * vectors.values[place]
          pick += 1
        }
      }
    }
  }

  /// The rows of S that pick from a block.
  private func picks(in block: Int) -> Range<Int> {
    let lower = firstPick(from: block * blockRowCount)
    return lower..<max(lower, firstPick(from: (block + 1) * blockRowCount))
  }

  /// The first row of S that picks row `row` of A or a later one, by bisection.
  private func firstPick(from row: Int) -> Int {
    var range = 0..<rows.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        rows[middle] < row ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}

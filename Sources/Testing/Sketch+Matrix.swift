import OptimKit

extension Sketch {
  /// S A for a matrix A of `columnCount` rows, through `accumulate` alone.
  ///
  /// For tests and small matrices: blocks are copied lane group by lane group, on one thread.
  ///
  /// - Complexity: That of the sketch, and O(elements of A).
  public func applied<Scalar: RealScalar>(to matrix: Matrix<Scalar>) -> Matrix<Scalar> {
    precondition(matrix.rowCount == columnCount, "the sketch fits the matrix")
    var result = Matrix<Scalar>(rowCount: rowCount, columnCount: matrix.columnCount)
    let width = Lanes.width(of: Scalar.self)
    for first in stride(from: 0, to: matrix.columnCount, by: width) {
      let columns = first..<min(first + width, matrix.columnCount)
      let sum = AlignedBuffer<Scalar>(count: rowCount * width)
      for number in 0..<blockCount where needsBlock(number) {
        let block = AlignedBuffer<Scalar>(count: blockRowCount * width)
        let rows = number * blockRowCount..<min(columnCount, (number + 1) * blockRowCount)
        for (position, row) in rows.enumerated() {
          for (lane, column) in columns.enumerated() {
            block.memory[position * width + lane] = matrix[row, column]
          }
        }
        var blockSpan = block.memory.mutableSpan
        var sumSpan = sum.memory.mutableSpan
        accumulate(&blockSpan, number: number, lanes: width, into: &sumSpan)
      }
      for row in 0..<rowCount {
        for (lane, column) in columns.enumerated() {
          result[row, column] = sum.memory[row * width + lane]
        }
      }
    }
    return result
  }

  /// S, written out.
  ///
  /// - Complexity: That of the sketch of the identity matrix; for tests.
  public func matrix<Scalar: RealScalar>(of type: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
    applied(to: Matrix<Scalar>.identity(columnCount))
  }
}

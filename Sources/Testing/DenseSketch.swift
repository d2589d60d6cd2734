import OptimKit

/// A sketch given as a matrix: the definition that structured sketches are compared with.
///
/// Blocks have to be padded with zeros: rows of padding are added to the first row of the sum, so
/// that a caller who leaves something there is found out. Storage: that of the matrix.
public struct DenseSketch: Sketch {
  /// The matrix S.
  public let matrix: Matrix<Double>

  /// The number of rows in each block.
  public let blockRowCount: Int

  /// Creates the sketch of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: S.
  ///   - blockRowCount: The number of rows in each block, positive; 3 by default.
  public init(matrix: Matrix<Double>, blockRowCount: Int = 3) {
    precondition(blockRowCount > 0, "blocks have rows")
    self.matrix = matrix
    self.blockRowCount = blockRowCount
  }

  /// The number of rows of S.
  public var rowCount: Int { matrix.rowCount }

  /// The number of columns of S.
  public var columnCount: Int { matrix.columnCount }

  /// sum ← sum + S[:, block] · block.
  ///
  /// - Complexity: O(s · block rows · lanes).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    for t in 0..<rowCount {
      for q in 0..<blockRowCount {
        let isPadding = first + q >= columnCount
        let factor: Scalar = isPadding ? (t == 0 ? 1 : 0) : Scalar(matrix[t, first + q])
        for lane in 0..<lanes { sum[t * lanes + lane] += factor * block[q * lanes + lane] }
      }
    }
  }
}

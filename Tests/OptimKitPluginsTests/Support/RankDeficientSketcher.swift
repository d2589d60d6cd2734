import OptimKit
import OptimKitTesting

/// Gaussian sketches, all of whose rows are the same where there are fewer than `below`.
struct RankDeficientSketcher: Sketcher {
  var below: Int

  var name: String { "rank-deficient" }

  func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    var matrix: Matrix<Double> = key.normalMatrix(rows, columns)
    if rows < below { matrix = matrix.selectingRows([Int](repeating: 0, count: rows)) }
    matrix.withMutableElements { Double.scale(&$0, by: 1 / Double(rows).squareRoot()) }
    return DenseSketch(matrix: matrix)
  }
}

import OptimKit
import OptimKitTesting

/// Independent normal elements of variance 1 / rows.
struct GaussianSketcher: Sketcher {
  var name: String { "gaussian" }
  /// What the matrix is multiplied by: anything but 1 is a bug.
  var scale = 1.0
  /// Draws the same matrix whatever the key: a bug.
  var ignoresKey = false

  func makeSketch(rows: Int, columns: Int, key: RandomKey) -> any Sketch {
    let key = ignoresKey ? RandomKey(seed: 0, purpose: .sketch) : key
    var matrix: Matrix<Double> = key.normalMatrix(rows, columns)
    matrix.withMutableElements { Double.scale(&$0, by: scale / Double(rows).squareRoot()) }
    return DenseSketch(matrix: matrix)
  }
}

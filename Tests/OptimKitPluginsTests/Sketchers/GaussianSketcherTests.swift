import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Gaussian sketch")
struct GaussianSketcherTests {
  /// Several blocks, the last of them short; A of the dual from whole rows, and of the primal.
  @Test("is one matrix of normal elements, however it is applied", arguments: [true, false])
  func elements(isDual: Bool) throws {
    let rows = 30
    let length = 2500
    let key = RandomKey(seed: 8, purpose: .sketch)
    let sketch = try GaussianSketcher().makeSketch(rows: rows, columns: length, key: key)
    #expect(sketch.blockCount == 3)
    let transposed: Matrix<Double> = key.normalMatrix(length, rows)
    let tall: Matrix<Double> = key.with(iteration: 1).normalMatrix(length, 21)
    let system = DampedSystem(jacobian: DenseJacobian(isDual ? tall.transposed() : tall))
    var result = Matrix<Double>(rowCount: rows, columnCount: 21)
    try system.apply(sketch, into: &result)
    for i in 0..<rows {
      for j in 0..<21 {
        let product = (0..<length).reduce(0) { $0 + transposed[$1, i] * tall[$1, j] }
        #expect(abs(result[i, j] - product / Double(rows).squareRoot()) < 1e-11)
      }
    }
  }
}

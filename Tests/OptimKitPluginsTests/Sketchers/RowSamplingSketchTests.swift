import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sketch that picks out rows")
struct RowSamplingSketchTests {
  @Test("is a matrix of weights, and needs the blocks of its rows alone")
  func definition() {
    let rows = [0, 15, 16, 16, 99, 250]
    let weights = [1.0, 2, 3, 4, 5, 6]
    let sketch = RowSamplingSketch(rows: rows, weights: weights, columns: 251)
    let matrix = sketch.matrix(of: Double.self)
    var expected = Matrix<Double>(rowCount: 6, columnCount: 251)
    for t in 0..<6 { expected[t, rows[t]] = weights[t] }
    #expect(matrix == expected)
    #expect((0..<sketch.blockCount).filter { sketch.needsBlock($0) } == [0, 1, 6, 15])
  }

  @Test("of uniform sampling keeps distinct rows, and all of them where there are no more")
  func uniform() throws {
    let key = RandomKey(seed: 2, purpose: .sketch)
    let sketch = try UniformSamplingSketcher().makeSketch(rows: 25, columns: 100, key: key)
    let matrix = sketch.matrix(of: Double.self)
    let sums = (0..<100).map { column in (0..<25).reduce(0) { $0 + matrix[$1, column] } }
    #expect(sums.filter { $0 == 2 }.count == 25 && sums.filter { $0 == 0 }.count == 75)
    let all = try UniformSamplingSketcher().makeSketch(rows: 200, columns: 100, key: key)
    #expect(all.matrix(of: Double.self) == .identity(100))
  }
}

import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Subsampled randomized Hadamard transform")
struct SRHTSketcherTests {
  @Test("is an isometry when no row is left out", arguments: [1, 2, 7, 64, 1000])
  func isometry(length: Int) throws {
    let sketch = try SRHTSketcher().makeSketch(
      rows: 100_000, columns: length, key: RandomKey(seed: 3, purpose: .sketch))
    let padded = sketch.rowCount
    #expect(padded >= length && padded < 2 * length && padded.nonzeroBitCount == 1)
    let matrix = sketch.matrix(of: Double.self)
    for i in 0..<min(length, 20) {
      for j in 0..<min(length, 20) {
        let product = (0..<padded).reduce(0) { $0 + matrix[$1, i] * matrix[$1, j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test("is rows of a Hadamard matrix times random signs, across blocks", arguments: [300, 20_000])
  func definition(length: Int) throws {
    let rows = 25
    let sketch = try SRHTSketcher().makeSketch(
      rows: rows, columns: length, key: RandomKey(seed: 4, purpose: .sketch))
    // 20 000 columns are three blocks of 2¹³: columns of several blocks are compared.
    let columns = [0, 1, 5, 255, length / 2, length - 7, length - 1]
    var units = Matrix<Double>(rowCount: length, columnCount: columns.count)
    for (position, column) in columns.enumerated() { units[column, position] = 1 }
    let picked = sketch.applied(to: units)
    // With S = P H D / √s and unknown sampled rows and signs, S[t, c] S[t, c'] √s² = H[t, c ^ c'] d_c d_c':
    // three columns with c ^ c' ^ c'' ^ c''' = 0 have a constant product over t.
    let magnitude = 1 / Double(rows).squareRoot()
    #expect(picked.storage.allSatisfy { abs(abs($0) - magnitude) < 1e-14 })
    var quadruple = Matrix<Double>(rowCount: length, columnCount: 4)
    let first = 3
    let second = length - 1
    let flip = 1
    for (position, column) in [first, first ^ flip, second ^ flip, second].enumerated() {
      quadruple[column, position] = 1
    }
    let values = sketch.applied(to: quadruple)
    let products = (0..<rows).map { row in
      (0..<4).reduce(1.0) { $0 * values[row, $1] / magnitude }.rounded()
    }
    #expect(Set(products).count == 1)
    // Rows themselves differ.
    #expect(Set((0..<rows).map { values[$0, 0] > 0 }).count == 2)
  }
}

import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sparse sign sketch")
struct SparseSignSketcherTests {
  @Test(
    "has exactly ζ entries ±1/√ζ in each column, sampled without replacement",
    arguments: [(1, 20), (3, 20), (8, 20), (8, 9), (8, 8), (8, 5)])
  func columns(nonzeros: Int, rows: Int) throws {
    let sketch = try SparseSignSketcher(nonzerosPerColumn: nonzeros).makeSketch(
      rows: rows, columns: 2500, key: RandomKey(seed: 1, purpose: .sketch))
    let matrix = sketch.matrix(of: Double.self)
    let expected = min(nonzeros, rows)
    let magnitude = 1 / Double(expected).squareRoot()
    for column in 0..<matrix.columnCount {
      let entries = (0..<rows).map { matrix[$0, column] }.filter { $0 != 0 }
      #expect(entries.count == expected)
      #expect(entries.allSatisfy { abs(abs($0) - magnitude) < 1e-15 })
    }
  }

  @Test("uses all rows and both signs equally often")
  func uniformity() throws {
    let rows = 10
    let draws = 10
    let columns = 2000 * draws
    let matrices = try (0..<draws).map { seed in
      try SparseSignSketcher(nonzerosPerColumn: 3).makeSketch(
        rows: rows, columns: columns / draws, key: RandomKey(seed: UInt64(seed), purpose: .sketch)
      ).matrix(of: Double.self)
    }
    // Each row holds columns · 3/10 entries, standard deviation √(columns · 0.21) = 65.
    for row in 0..<rows {
      let entries = matrices.flatMap { $0.row(row) }.filter { $0 != 0 }
      #expect(abs(entries.count - columns * 3 / 10) < 5 * 65)
      #expect(abs(entries.filter { $0 > 0 }.count - entries.count / 2) < 5 * 39)
    }
  }
}

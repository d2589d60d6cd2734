import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("TensorSketch")
struct TensorSketcherTests {
  @Test(
    "adds row numbers and multiplies signs of its factors", arguments: [(7, 5), (1, 4), (50, 60)])
  func definition(leftCount: Int, rightCount: Int) throws {
    let sketch = try TensorSketcher().makeSketch(
      rows: 23, leftCount: leftCount, rightCount: rightCount,
      key: RandomKey(seed: 4, purpose: .sketch))
    let rows = sketch.rowCount
    #expect(rows == 20)
    let matrix = sketch.matrix(of: Double.self)
    let columns = try (0..<leftCount * rightCount).map { column in
      let nonzeros = (0..<rows).filter { matrix[$0, column] != 0 }
      #expect(nonzeros.count == 1)
      let row = try #require(nonzeros.first)
      return (row: row, sign: matrix[row, column])
    }
    #expect(columns.allSatisfy { abs($0.sign) == 1 })
    for a in 0..<leftCount {
      for b in 0..<rightCount {
        let (this, origin) = (columns[a * rightCount + b], columns[0])
        let (left, right) = (columns[a * rightCount], columns[b])
        #expect((this.row + origin.row - left.row - right.row) % rows == 0)
        #expect(this.sign * origin.sign == left.sign * right.sign)
      }
    }
    if leftCount > 1 { #expect(Set(columns.map(\.row)).count > rows / 2) }
  }

  @Test("refuses factors without elements")
  func badSizes() {
    let key = RandomKey(seed: 4, purpose: .sketch)
    for (rows, left, right) in [(0, 2, 2), (5, 0, 2), (5, 2, 0), (5, 1 << 20, 1 << 20)] {
      #expect(
        errorKind {
          _ = try TensorSketcher().makeSketch(
            rows: rows, leftCount: left, rightCount: right, key: key)
        } == .invalidArgument)
    }
  }
}

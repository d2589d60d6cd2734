import OptimKit

/// A sketcher of one's own: a dense matrix of random signs ±1/√s.
struct DenseSignSketcher: Sketcher {
  var name: String { "dense-sign" }

  func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    guard rows > 0, columns > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a sketch of \(rows) × \(columns)", remedy: "choose positive sizes"
      )
    }
    return DenseSignSketch(rowCount: rows, columnCount: columns, key: key)
  }
}

/// The drawn matrix. Signs are made from the key when they are needed: column q takes elements
/// q · s ..< (q + 1) · s of the key's sequence, whatever the order of blocks and the number of threads.
private struct DenseSignSketch: Sketch {
  let rowCount: Int
  let columnCount: Int
  let key: RandomKey
  let blockRowCount = 256

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    let scale = 1 / Scalar(rowCount).squareRoot()
    var signs = Scalar.zeros(rowCount)
    for row in 0..<min(blockRowCount, columnCount - first) {
      var span = signs.mutableSpan
      key.fillRademacher(&span, from: (first + row) * rowCount)
      for target in 0..<rowCount {
        for lane in 0..<lanes {
          sum[target * lanes + lane] += scale * signs[target] * block[row * lanes + lane]
        }
      }
    }
  }
}

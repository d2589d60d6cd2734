import OptimKit

/// Every so many rows, from a random one on: systematic sampling, for rows that are a time series.
///
/// With a step of t, each row is taken with probability 1/t and multiplied by √t, so that E[SᵀS] = I. Nothing is computed but
/// the rows that are taken. Neighbours in a time series are alike, and so a sample that is evenly spread says more than one
/// that is drawn at random; a period of the series that t divides would be its undoing.
public struct SystematicSketcher: Sketcher {
  /// Creates a sketcher.
  public init() {}

  /// "systematic".
  public var name: String { "systematic" }

  /// Draws where to begin.
  ///
  /// - Complexity: O(1).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    guard rows > 0, columns > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a sketch of \(rows) × \(columns)", remedy: "choose positive sizes"
      )
    }
    let step = (columns + rows - 1) / rows
    var stream = key.stream()
    return SystematicSketch(
      first: stream.uniformInteger(below: min(step, columns)), step: step, columnCount: columns)
  }

  /// None: rows are copied.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    Work(vectorOperations: Double(rows) * Double(vectors))
  }
}

/// Row r of S takes column first + r · step.
private struct SystematicSketch: Sketch {
  let first: Int
  let step: Int
  let columnCount: Int

  let blockRowCount = 256

  var rowCount: Int { (columnCount - first + step - 1) / step }

  /// The rows that take a column of a block.
  private func rows(of block: Int) -> Range<Int> {
    func row(from column: Int) -> Int { max(0, (column - first + step - 1) / step) }
    let start = block * blockRowCount
    return row(from: start)..<row(from: min(columnCount, start + blockRowCount))
  }

  func needsBlock(_ number: Int) -> Bool { !rows(of: number).isEmpty }

  // Solvers call this through `any Sketch`: without specialisation it would be dozens of times slower.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let scale = Scalar(step).squareRoot()
    for row in rows(of: number) {
      let source = first + row * step - number * blockRowCount
      for lane in 0..<lanes {
        sum[row * lanes + lane] += scale * block[source * lanes + lane]
      }
    }
  }
}

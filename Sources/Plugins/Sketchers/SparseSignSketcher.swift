import OptimKit

/// The sparse sign sketch: each column of S has ζ nonzeros ±1/√ζ in rows sampled without replacement.
///
/// Cost O(ζ) per element of A, of sparse rows per stored element, whatever the number of rows; storage 4 ζ bytes per column of S. With s = 4 k
/// rows for k columns of A, the preconditioned condition number is about ((√s + √k)/(√s − √k))² = 9.
/// ζ = 8 is the choice of Tropp, Yurtsever, Udell and Cevher (2019) and of FOSSILS (arXiv 2406.03468).
public struct SparseSignSketcher: Sketcher {
  /// The number ζ of nonzeros in each column, at least 1; 8 by default. No more than the number of rows are
  /// used.
  public var nonzerosPerColumn: Int

  /// Creates a sketcher.
  public init(nonzerosPerColumn: Int = 8) { self.nonzerosPerColumn = nonzerosPerColumn }

  /// "sparse-sign".
  public var name: String { "sparse-sign" }

  /// Draws a matrix.
  ///
  /// - Complexity: O(ζ columns).
  /// - Throws: `OptimKitError` where a size or `nonzerosPerColumn` is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    guard nonzerosPerColumn > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a sparse sign sketch with \(nonzerosPerColumn) nonzeros per column",
        remedy: "choose at least 1; 8 is usual")
    }
    return SparseSignSketch(
      rows: rows, columns: columns, nonzeros: min(nonzerosPerColumn, rows), key: key)
  }

  /// 2 ζ operations for each element of A, and 20 to draw each nonzero.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let nonzeros = Double(min(nonzerosPerColumn, rows)) * Double(columns)
    return Work(
      vectorOperations: 2 * nonzeros * Double(vectors), scalarOperations: 20 * nonzeros)
  }
}

extension Sketcher where Self == SparseSignSketcher {
  /// The sparse sign sketch with `nonzerosPerColumn` nonzeros ±1/√ζ in each column.
  public static func sparseSign(nonzerosPerColumn: Int = 8) -> Self {
    Self(nonzerosPerColumn: nonzerosPerColumn)
  }
}

/// Throws where a sketch would be empty, or too tall for the tables that hold row numbers.
func validateSketchSize(rows: Int, columns: Int) throws {
  guard rows > 0, columns > 0, rows <= Int32.max, columns <= Int32.max else {
    throw OptimKitError(
      .invalidArgument, cause: "a sketch of \(rows) × \(columns)",
      remedy: "choose positive sizes up to \(Int32.max)")
  }
}

/// A drawn sparse sign matrix, kept as a table of its nonzeros.
private struct SparseSignSketch: SparseSketch {
  let rowCount: Int
  let columnCount: Int
  let blockRowCount = 1024
  private let nonzeros: Int

  /// Entry q · nonzeros + t is twice the row of nonzero t of column q, plus 1 where it is negative.
  private let entries: [UInt32]

  init(rows: Int, columns: Int, nonzeros: Int, key: RandomKey) {
    rowCount = rows
    columnCount = columns
    self.nonzeros = nonzeros
    entries = [UInt32](unsafeUninitializedCapacity: columns * nonzeros) { table, count in
      let start = Shared(table.baseAddress!)
      let blockLength = 4096
      ThreadPool.forEach((columns + blockLength - 1) / blockLength) { block in
        for column in block * blockLength..<min(columns, (block + 1) * blockLength) {
          Self.drawColumn(
            column, rows: UInt64(rows), nonzeros: nonzeros, key: key,
            into: start.pointer + column * nonzeros)
        }
      }
      count = columns * nonzeros
    }
  }

  /// Draws distinct rows by rejection; the numbers of a column depend on its number alone.
  private static func drawColumn(
    _ column: Int, rows: UInt64, nonzeros: Int, key: RandomKey,
    into entries: UnsafeMutablePointer<UInt32>
  ) {
    // Each column has 2²⁴ blocks of four words to itself.
    var position = UInt64(column) << 24
    var count = 0
    while count < nonzeros {
      let block = key.block(at: position)
      position += 1
      for lane in 0..<4 where count < nonzeros {
        // The high bits choose the row, the lowest the sign; rows are fewer than 2³¹.
        let row = UInt32(truncatingIfNeeded: (UInt64(block[lane]) * rows) >> 32)
        let isNew = !(0..<count).contains { entries[$0] >> 1 == row }
        if isNew {
          entries[count] = row << 1 | block[lane] & 1
          count += 1
        }
      }
    }
  }

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    let rows = min(blockRowCount, columnCount - first)
    let scale = 1 / Scalar(nonzeros).squareRoot()
    entries.withUnsafeBufferPointer { entries in
      sum.withUnsafeMutableBufferPointer { sum in
        block.withUnsafeMutableBufferPointer { block in
          Scalar.routines.kernels.sparseSign(
            sum.baseAddress, lanes, block.baseAddress, rows,
            entries.baseAddress! + first * nonzeros, nonzeros, scale)
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>
  ) {
    precondition(vectors.columnCount == columnCount && sums.count == rows.count * rowCount)
    let scale = 1 / Scalar(nonzeros).squareRoot()
    entries.withUnsafeBufferPointer { entries in
      sums.withUnsafeMutableBufferPointer { sums in
        vectors.withUnsafeElements { indices, values in
          for (position, row) in rows.enumerated() {
            let sum = sums.baseAddress! + position * rowCount
            for place in vectors.rowOffsets[row]..<vectors.rowOffsets[row + 1] {
              let value = scale * values[place]
              let first = Int(indices[place]) * nonzeros
              for entry in entries[first..<first + nonzeros] {
                sum[Int(entry >> 1)] += entry & 1 == 0 ? value : -value
              }
            }
          }
        }
      }
    }
  }
}

import COpenBLAS

/// A tall least-squares problem, min ‖A x + b‖, reduced to the triangular one that has the same solutions,
/// min ‖R x + c‖, with A = Q R and c = Qᵀb. Q is never kept.
///
/// Blocks of rows of [A b] are factored side by side and their triangles merged by pairs (TSQR; Demmel, Grigori, Hoemmen
/// and Langou 2012), which is as stable as one factorization. How many blocks there are depends on the shape alone.
package struct ReducedLeastSquares<Scalar: RealScalar> {
  /// R, upper triangular.
  package let triangle: Matrix<Scalar>
  /// c.
  package let rightHandSide: [Scalar]

  /// - Parameters:
  ///   - matrix: A, with no fewer rows than columns.
  ///   - rightHandSide: b.
  /// - Complexity: O(2 n k²) for n rows and k columns. Storage: n (k + 1) scalars meanwhile.
  /// - Throws: `OptimKitError` of kind `nonFiniteValue` where an element of A is NaN or infinite.
  package init(_ matrix: Matrix<Scalar>, rightHandSide: [Scalar]) throws {
    let (rows, order) = (matrix.rowCount, matrix.columnCount)
    precondition(rows >= order && rightHandSide.count == rows, "the problem is tall")
    try matrix.requireFinite(toBe: "factored")
    var triangle = Matrix<Scalar>(rowCount: order, columnCount: order)
    var reduced = Scalar.zeros(order)
    if order > 0 {
      let blocks = RowBlocks<Scalar>(rows: rows, columns: order + 1)
      Scalar.routines.scratch.withBuffer(count: rows * (order + 1)) { memory in
        blocks.copy(matrix, rightHandSide, into: memory)
        blocks.factor(memory)
        triangle.storage.withUnsafeMutableBufferPointer { triangle in
          reduced.withUnsafeMutableBufferPointer { reduced in
            blocks.copyTriangle(
              memory, into: triangle.baseAddress!, lastColumn: reduced.baseAddress!)
          }
        }
      }
    }
    self.triangle = triangle
    self.rightHandSide = reduced
  }
}

/// The blocks of rows of a tall matrix, each stored column by column.
private struct RowBlocks<Scalar: RealScalar> {
  private let columns: Int
  private let ranges: [Range<Int>]

  /// Blocks of about twice as many rows as columns: merging them costs a third of factoring them.
  init(rows: Int, columns: Int) {
    self.columns = columns
    let count = max(1, min(64, (rows + columns) / (2 * columns)))
    ranges = (0..<count).map { ThreadPool.piece($0, of: count, in: 0..<rows) }
  }

  func height(_ block: Int) -> Int { ranges[block].count }

  private func start(_ block: Int) -> Int { ranges[block].lowerBound * columns }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func copy(
    _ matrix: Matrix<Scalar>, _ lastColumn: [Scalar], into memory: UnsafeMutablePointer<Scalar>
  ) {
    let target = Shared(memory)
    ThreadPool.forEachBlock(ranges.count) { block in
      let (rows, height) = (ranges[block], height(block))
      let target = target.pointer + start(block)
      matrix.storage.withUnsafeBufferPointer { elements in
        // Rows that fill a cache line of each column.
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
          for column in 0..<columns - 1 {
            let place = target + column * height - rows.lowerBound
            for row in first..<min(first + 8, rows.upperBound) {
              place[row] = elements[row * (columns - 1) + column]
            }
          }
        }
      }
      for (i, row) in rows.enumerated() { target[(columns - 1) * height + i] = lastColumn[row] }
    }
  }

  /// triangle ← the first block's triangle, row by row, but for its last column.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func copyTriangle(
    _ memory: UnsafePointer<Scalar>, into triangle: UnsafeMutablePointer<Scalar>,
    lastColumn: UnsafeMutablePointer<Scalar>
  ) {
    let (order, height) = (columns - 1, height(0))
    for i in 0..<order {
      for j in i..<order { triangle[i * order + j] = memory[j * height + i] }
      lastColumn[i] = memory[order * height + i]
    }
  }

  /// The first block ← the triangle of all of them.
  func factor(_ memory: UnsafeMutablePointer<Scalar>) {
    let shared = Shared(memory)
    ThreadPool.forEachBlock(ranges.count) { block in
      var (rows, columns) = (blasint(height(block)), blasint(columns))
      Scalar.withScratch(count: self.columns) { coefficients in
        LAPACKWorkspace<Scalar>.run { work, size, status in
          Scalar.routines.lapack.geqrf(
            &rows, &columns, shared.pointer + start(block), &rows, coefficients.baseAddress, work,
            size, status)
        }
      }
    }
    var distance = 1
    while distance < ranges.count {
      let pairs = (ranges.count + distance - 1) / (2 * distance)
      ThreadPool.forEachBlock(pairs) { [distance] pair in
        merge(2 * distance * pair, 2 * distance * pair + distance, shared.pointer)
      }
      distance *= 2
    }
  }

  /// The first block's triangle ← that of both.
  private func merge(_ first: Int, _ second: Int, _ memory: UnsafeMutablePointer<Scalar>) {
    var order = blasint(columns)
    let panelLength = min(16, columns)
    var panel = blasint(panelLength)
    var (upper, lower) = (blasint(height(first)), blasint(height(second)))
    var status: blasint = 0
    let size = panelLength * columns
    Scalar.withScratch(count: 2 * size) { scratch in
      Scalar.routines.lapack.tpqrt(
        &order, &order, &order, &panel, memory + start(first), &upper, memory + start(second),
        &lower, scratch.baseAddress, &panel, scratch.baseAddress! + size, &status)
    }
    precondition(status == 0, "LAPACK refused argument \(-status)")
  }
}

import COpenBLAS

extension RealScalar {
  /// The order up to which a triangular matrix is solved with on one thread: the cache feeds it then.
  private static var largestSolveOfOneThread: Int { 1024 }

  /// x ← op(T)⁻¹ x for the triangle of a matrix T.
  ///
  /// Block by block: once a block of x is known, its share is taken from the others in strips, which threads
  /// read side by side. One thread cannot read a large matrix at the speed of memory.
  static func shareTriangularSolve(
    _ t: PlacedMatrix<Self>, order: Int, triangle: MatrixTriangle,
    in x: UnsafeMutablePointer<Self>
  ) {
    guard order > largestSolveOfOneThread else {
      solveDiagonalBlock(t, 0..<order, triangle: triangle, in: x)
      return
    }
    let blockLength = 256
    let blocks = (order + blockLength - 1) / blockLength
    // op(T) is lower triangular where one of both is turned over, or none.
    let isForward = (triangle == .lower) == (t.operand == .plain)
    let vector = Shared(x)
    for number in 0..<blocks {
      let block = ThreadPool.piece(
        isForward ? number : blocks - 1 - number, of: blocks, in: 0..<order)
      solveDiagonalBlock(t, block, triangle: triangle, in: x)
      let rest = isForward ? block.upperBound..<order : 0..<block.lowerBound
      guard !rest.isEmpty else { continue }
      let strips = pieceCount(rest.count)
      ThreadPool.forEach(strips) { strip in
        let rows = ThreadPool.piece(strip, of: strips, in: rest)
        subtractProduct(t, rows: rows, columns: block, from: vector.pointer)
      }
    }
  }

  private static func solveDiagonalBlock(
    _ t: PlacedMatrix<Self>, _ block: Range<Int>, triangle: MatrixTriangle,
    in x: UnsafeMutablePointer<Self>
  ) {
    routines.blas.trsv(
      CblasRowMajor, triangle.cblas, t.operand.cblas, CblasNonUnit, blasint(block.count),
      t.address(block.lowerBound, block.lowerBound), blasint(t.stride), x + block.lowerBound, 1)
  }

  /// Rows `rows` of x ← themselves − op(T)[rows, columns] x[columns].
  private static func subtractProduct(
    _ t: PlacedMatrix<Self>, rows: Range<Int>, columns: Range<Int>,
    from x: UnsafeMutablePointer<Self>
  ) {
    let isPlain = t.operand == .plain
    routines.blas.gemv(
      CblasRowMajor, t.operand.cblas, blasint(isPlain ? rows.count : columns.count),
      blasint(isPlain ? columns.count : rows.count), -1,
      t.address(rows.lowerBound, columns.lowerBound), blasint(t.stride), x + columns.lowerBound, 1,
      1, x + rows.lowerBound, 1)
  }
}

import COpenBLAS

/// Where op(A) lies in memory, row-major, and how far apart its rows or columns are.
struct PlacedMatrix<Scalar: RealScalar>: @unchecked Sendable {
  let start: UnsafePointer<Scalar>
  let operand: MatrixOperand
  let stride: Int

  /// op(A) of `rows` × `columns`, stored without gaps.
  init(_ start: UnsafePointer<Scalar>, _ operand: MatrixOperand, rows: Int, columns: Int) {
    self.init(start, operand, stride: operand == .plain ? columns : rows)
  }

  init(_ start: UnsafePointer<Scalar>, _ operand: MatrixOperand, stride: Int) {
    self.start = start
    self.operand = operand
    self.stride = stride
  }

  /// Where element (i, j) of op(A) lies.
  func address(_ i: Int, _ j: Int) -> UnsafePointer<Scalar> {
    operand == .plain ? start + i * stride + j : start + j * stride + i
  }
}

/// Matrix products and factorizations cut into pieces by their shape, each for one thread of OpenBLAS.
///
/// OpenBLAS's own threads and those of the pool would compete for the same processors, and the pieces
/// that OpenBLAS makes depend on the number of threads.
extension RealScalar {
  /// Operations that are not worth another thread.
  private static var smallestSharedWork: Double { 4e6 }

  /// C ← α op(A) op(B) + βC.
  static func shareMatrixProduct(
    _ a: PlacedMatrix<Self>, _ b: PlacedMatrix<Self>, rows: Int, inner: Int, columns: Int,
    scaledBy alpha: Self, plus beta: Self, into c: UnsafeMutablePointer<Self>, stride: Int
  ) {
    let work = 2 * Double(rows) * Double(inner) * Double(columns)
    guard work > smallestSharedWork else {
      multiplyPiece(a, b, rows, inner, columns, alpha, beta, c, stride)
      return
    }
    // A long sum into a small result is cut along the sum.
    if rows * columns <= 1 << 14, inner >= 1 << 13 {
      let pieces = min(16, inner >> 12)
      addPartialSums(rows: rows, columns: columns, pieces: pieces, plus: beta, into: c, stride) {
        piece, sum in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<inner)
        multiplyPiece(
          PlacedMatrix(a.address(0, range.lowerBound), a.operand, stride: a.stride),
          PlacedMatrix(b.address(range.lowerBound, 0), b.operand, stride: b.stride),
          rows, range.count, columns, alpha, 0, sum, columns)
      }
      return
    }
    let target = Shared(c)
    let rowPieces = pieceCount(rows)
    let columnPieces = rowPieces >= 16 ? 1 : pieceCount(columns)
    ThreadPool.forEachBlock(rowPieces * columnPieces) { piece in
      let i = ThreadPool.piece(piece / columnPieces, of: rowPieces, in: 0..<rows)
      let j = ThreadPool.piece(piece % columnPieces, of: columnPieces, in: 0..<columns)
      multiplyPiece(
        PlacedMatrix(a.address(i.lowerBound, 0), a.operand, stride: a.stride),
        PlacedMatrix(b.address(0, j.lowerBound), b.operand, stride: b.stride),
        i.count, inner, j.count, alpha, beta,
        target.pointer + i.lowerBound * stride + j.lowerBound, stride)
    }
  }

  /// y ← α op(A) x + βy for the `rows` × `columns` matrix A.
  static func shareMatrixVectorProduct(
    _ a: PlacedMatrix<Self>, _ x: UnsafePointer<Self>, rows: Int, columns: Int,
    scaledBy alpha: Self, plus beta: Self, into y: UnsafeMutablePointer<Self>
  ) {
    // Pieces of 2¹⁷ elements, a megabyte of doubles, are worth a thread.
    let pieces = max(1, min(rows, min(16, rows * columns >> 17)))
    let (x, target) = (Shared(x), Shared(y))
    guard pieces > 1 else {
      multiplyPiece(a, 0..<rows, columns, x.pointer, alpha, beta, y)
      return
    }
    if a.operand == .plain {
      ThreadPool.forEachBlock(pieces) { piece in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<rows)
        multiplyPiece(
          a, range, columns, x.pointer, alpha, beta, target.pointer + range.lowerBound)
      }
    } else {
      addPartialSums(rows: 1, columns: columns, pieces: pieces, plus: beta, into: y, columns) {
        piece, sum in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<rows)
        multiplyPiece(a, range, columns, x.pointer + range.lowerBound, alpha, 0, sum)
      }
    }
  }

  /// Lower triangle of C ← α op(A) op(A)ᵀ + βC.
  static func shareGram(
    _ a: PlacedMatrix<Self>, order: Int, inner: Int, scaledBy alpha: Self, plus beta: Self,
    into c: UnsafeMutablePointer<Self>, stride: Int
  ) {
    guard Double(order) * Double(order) * Double(inner) > smallestSharedWork else {
      gramPiece(a, order, inner, alpha, beta, c, stride)
      return
    }
    if order <= 512, inner >= 16 * order {
      let pieces = min(16, max(2, inner >> 10))
      addPartialSums(
        rows: order, columns: order, pieces: pieces, plus: beta, into: c, stride, isLower: true
      ) { piece, sum in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<inner)
        gramPiece(
          PlacedMatrix(a.address(0, range.lowerBound), a.operand, stride: a.stride), order,
          range.count, alpha, 0, sum, order)
      }
      return
    }
    let target = Shared(c)
    let tiles = pieceCount(order)
    let transposed: MatrixOperand = a.operand == .plain ? .transposed : .plain
    ThreadPool.forEachBlock(tiles * (tiles + 1) / 2) { number in
      // Tiles below the diagonal are twice the work of those on it: they go first.
      let (row, column) = tile(number, of: tiles)
      let rows = ThreadPool.piece(row, of: tiles, in: 0..<order)
      let columns = ThreadPool.piece(column, of: tiles, in: 0..<order)
      let strip = PlacedMatrix(a.address(rows.lowerBound, 0), a.operand, stride: a.stride)
      let start = target.pointer + rows.lowerBound * stride + columns.lowerBound
      if row == column {
        gramPiece(strip, rows.count, inner, alpha, beta, start, stride)
      } else {
        multiplyPiece(
          strip, PlacedMatrix(a.address(columns.lowerBound, 0), transposed, stride: a.stride),
          rows.count, inner, columns.count, alpha, beta, start, stride)
      }
    }
  }

  /// Row and column of a tile of the lower triangle: those below the diagonal first, row by row.
  private static func tile(_ number: Int, of tiles: Int) -> (row: Int, column: Int) {
    var rest = number
    for row in 1..<max(tiles, 1) {
      if rest < row { return (row, rest) }
      rest -= row
    }
    return (rest, rest)
  }

  /// L of A = LLᵀ in the lower triangle, by halves: A₁₁ = L₁L₁ᵀ, then A₂₁L₁⁻ᵀ, then A₂₂ less its square.
  ///
  /// - Returns: The number of the first pivot that is not positive, from 1, or nil.
  static func factorByCholesky(
    _ a: UnsafeMutablePointer<Self>, order: Int, stride: Int
  ) -> Int? {
    guard order > 128 else {
      var size = blasint(order)
      var leading = blasint(max(1, stride))
      var status: blasint = 0
      guard order > 0 else { return nil }
      routines.lapack.potrf(MatrixTriangle.lower.lapack, &size, a, &leading, &status, 1)
      return status == 0 ? nil : Int(status)
    }
    guard !ThreadPool.isCancelled else { return nil }
    let half = (order / 2 + 31) / 32 * 32
    if let pivot = factorByCholesky(a, order: half, stride: stride) { return pivot }
    let below = a + half * stride
    let rows = order - half
    let target = Shared(below)
    let diagonal = Shared(a)
    let strips = pieceCount(rows)
    ThreadPool.forEachBlock(strips) { number in
      let strip = ThreadPool.piece(number, of: strips, in: 0..<rows)
      routines.blas.trsm(
        CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, blasint(strip.count),
        blasint(half), 1, diagonal.pointer, blasint(stride),
        target.pointer + strip.lowerBound * stride, blasint(stride))
    }
    shareGram(
      PlacedMatrix(below, .plain, stride: stride), order: rows, inner: half, scaledBy: -1, plus: 1,
      into: below + half, stride: stride)
    return factorByCholesky(below + half, order: rows, stride: stride).map { $0 + half }
  }

  /// Into how many pieces a dimension is cut: of 96 elements and more, and four of them until they are longer than
  /// 512, since OpenBLAS copies both operands of each piece, which takes as long as about 100 operations for each
  /// element.
  static func pieceCount(_ count: Int) -> Int {
    max(1, min(count / 96, max(4, count / 512)))
  }

  private static func multiplyPiece(
    _ a: PlacedMatrix<Self>, _ b: PlacedMatrix<Self>, _ rows: Int, _ inner: Int, _ columns: Int,
    _ alpha: Self, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ stride: Int
  ) {
    routines.blas.gemm(
      CblasRowMajor, a.operand.cblas, b.operand.cblas, blasint(rows), blasint(columns),
      blasint(inner), alpha, a.start, blasint(a.stride), b.start, blasint(b.stride), beta, c,
      blasint(stride))
  }

  private static func multiplyPiece(
    _ a: PlacedMatrix<Self>, _ rows: Range<Int>, _ columns: Int, _ x: UnsafePointer<Self>,
    _ alpha: Self, _ beta: Self, _ y: UnsafeMutablePointer<Self>
  ) {
    routines.blas.gemv(
      CblasRowMajor, a.operand.cblas, blasint(rows.count), blasint(columns), alpha,
      a.start + rows.lowerBound * a.stride, blasint(a.stride), x, 1, beta, y, 1)
  }

  private static func gramPiece(
    _ a: PlacedMatrix<Self>, _ order: Int, _ inner: Int, _ alpha: Self, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ stride: Int
  ) {
    routines.blas.syrk(
      CblasRowMajor, CblasLower, a.operand.cblas, blasint(order), blasint(inner), alpha, a.start,
      blasint(a.stride), beta, c, blasint(stride))
  }

  /// C ← the sum of what `body` writes for each piece, in order, + βC; of its lower triangle alone where only
  /// that is written.
  private static func addPartialSums(
    rows: Int, columns: Int, pieces: Int, plus beta: Self, into c: UnsafeMutablePointer<Self>,
    _ stride: Int, isLower: Bool = false,
    _ body: @Sendable (Int, UnsafeMutablePointer<Self>) -> Void
  ) {
    let size = rows * columns
    routines.scratch.withBuffer(count: pieces * size) { sums in
      let shared = Shared(sums)
      ThreadPool.forEachBlock(pieces) { body($0, shared.pointer + $0 * size) }
      for piece in 0..<pieces {
        let factor = piece == 0 ? beta : 1
        for row in 0..<rows {
          let count = isLower ? row + 1 : columns
          let source = sums + piece * size + row * columns
          let target = c + row * stride
          if factor == 0 {
            target.update(from: source, count: count)
          } else {
            routines.blas.addScaledToScaled(blasint(count), 1, source, 1, factor, target, 1)
          }
        }
      }
    }
  }
}

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
    let columnPieces = rowPieces >= 8 ? 1 : pieceCount(columns)
    ThreadPool.forEach(rowPieces * columnPieces) { piece in
      let i = ThreadPool.piece(piece / columnPieces, of: rowPieces, in: 0..<rows)
      let j = ThreadPool.piece(piece % columnPieces, of: columnPieces, in: 0..<columns)
      multiplyPiece(
        PlacedMatrix(a.address(i.lowerBound, 0), a.operand, stride: a.stride),
        PlacedMatrix(b.address(0, j.lowerBound), b.operand, stride: b.stride),
        i.count, inner, j.count, alpha, beta,
        target.pointer + i.lowerBound * stride + j.lowerBound, stride)
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
    if order <= 128, inner >= 1 << 13 {
      let pieces = min(16, inner >> 12)
      addPartialSums(rows: order, columns: order, pieces: pieces, plus: beta, into: c, stride) {
        piece, sum in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<inner)
        gramPiece(
          PlacedMatrix(a.address(0, range.lowerBound), a.operand, stride: a.stride), order,
          range.count, alpha, 0, sum, order)
      }
      return
    }
    let target = Shared(c)
    let strips = 2 * pieceCount(order)
    let transposed: MatrixOperand = a.operand == .plain ? .transposed : .plain
    ThreadPool.forEach(strips) { number in
      // The last strip is the longest: it goes first, so that threads finish together.
      let rows = ThreadPool.piece(strips - 1 - number, of: strips, in: 0..<order)
      let strip = PlacedMatrix(a.address(rows.lowerBound, 0), a.operand, stride: a.stride)
      let start = target.pointer + rows.lowerBound * stride
      if rows.lowerBound > 0 {
        multiplyPiece(
          strip, PlacedMatrix(a.start, transposed, stride: a.stride), rows.count, inner,
          rows.lowerBound, alpha, beta, start, stride)
      }
      gramPiece(strip, rows.count, inner, alpha, beta, start + rows.lowerBound, stride)
    }
  }

  /// L of A = LLᵀ in the lower triangle, by halves: A₁₁ = L₁L₁ᵀ, then A₂₁L₁⁻ᵀ, then A₂₂ less its square.
  ///
  /// - Returns: The number of the first pivot that is not positive, from 1, or nil.
  static func factorByCholesky(
    _ a: UnsafeMutablePointer<Self>, order: Int, stride: Int
  ) -> Int? {
    guard order > 192 else {
      var size = blasint(order)
      var leading = blasint(max(1, stride))
      var status: blasint = 0
      if order > 0 { routines.potrf(MatrixTriangle.lower.lapack, &size, a, &leading, &status, 1) }
      return status == 0 ? nil : Int(status)
    }
    let half = (order / 2 + 31) / 32 * 32
    if let pivot = factorByCholesky(a, order: half, stride: stride) { return pivot }
    let below = a + half * stride
    let rows = order - half
    let target = Shared(below)
    let diagonal = Shared(a)
    let strips = pieceCount(rows)
    ThreadPool.forEach(strips) { number in
      let strip = ThreadPool.piece(number, of: strips, in: 0..<rows)
      routines.trsm(
        CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, blasint(strip.count),
        blasint(half), 1, diagonal.pointer, blasint(stride),
        target.pointer + strip.lowerBound * stride, blasint(stride))
    }
    shareGram(
      PlacedMatrix(below, .plain, stride: stride), order: rows, inner: half, scaledBy: -1, plus: 1,
      into: below + half, stride: stride)
    return factorByCholesky(below + half, order: rows, stride: stride).map { $0 + half }
  }

  /// Into how many pieces a dimension is cut: 64 to 512 elements each.
  static func pieceCount(_ count: Int) -> Int {
    max(1, min((count + 63) / 64, max(8, (count + 511) / 512)))
  }

  private static func multiplyPiece(
    _ a: PlacedMatrix<Self>, _ b: PlacedMatrix<Self>, _ rows: Int, _ inner: Int, _ columns: Int,
    _ alpha: Self, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ stride: Int
  ) {
    routines.gemm(
      CblasRowMajor, a.operand.cblas, b.operand.cblas, blasint(rows), blasint(columns),
      blasint(inner), alpha, a.start, blasint(a.stride), b.start, blasint(b.stride), beta, c,
      blasint(stride))
  }

  private static func gramPiece(
    _ a: PlacedMatrix<Self>, _ order: Int, _ inner: Int, _ alpha: Self, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ stride: Int
  ) {
    routines.syrk(
      CblasRowMajor, CblasLower, a.operand.cblas, blasint(order), blasint(inner), alpha, a.start,
      blasint(a.stride), beta, c, blasint(stride))
  }

  /// C ← the sum of what `body` writes for each piece, in order, + βC. What it leaves alone stays.
  private static func addPartialSums(
    rows: Int, columns: Int, pieces: Int, plus beta: Self, into c: UnsafeMutablePointer<Self>,
    _ stride: Int, _ body: @Sendable (Int, UnsafeMutablePointer<Self>) -> Void
  ) {
    let size = rows * columns
    routines.scratch.withBuffer(count: pieces * size) { sums in
      let shared = Shared(sums)
      ThreadPool.forEach(pieces) { body($0, shared.pointer + $0 * size) }
      for piece in 0..<pieces {
        let factor = piece == 0 ? beta : 1
        for row in 0..<rows {
          let source = sums + piece * size + row * columns
          let target = c + row * stride
          if factor == 0 {
            target.update(from: source, count: columns)
          } else {
            routines.addScaledToScaled(blasint(columns), 1, source, 1, factor, target, 1)
          }
        }
      }
    }
  }
}

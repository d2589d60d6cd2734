import COpenBLAS

/// Whether a matrix enters a product as it is or transposed.
public enum MatrixOperand: Sendable {
  /// As stored.
  case plain
  /// Transposed.
  case transposed

  var cblas: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
}

/// Which half of a triangular or symmetric row-major matrix holds its values.
public enum MatrixTriangle: Sendable {
  /// On and below the diagonal.
  case lower
  /// On and above the diagonal.
  case upper

  var cblas: CBLAS_UPLO { self == .lower ? CblasLower : CblasUpper }

  /// LAPACK is column-major: it sees the transposed matrix.
  var lapack: String { self == .lower ? "U" : "L" }
}

extension RealScalar {
  /// y ← α op(A) x + βy for the row-major `rows` × `columns` matrix A.
  ///
  /// - Complexity: O(rows · columns).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func multiply(
    _ a: Span<Self>, rows: Int, columns: Int, _ operand: MatrixOperand = .plain, by x: Span<Self>,
    scaledBy alpha: Self = 1, plus beta: Self = 0, into y: inout MutableSpan<Self>
  ) {
    precondition(a.count == rows * columns)
    precondition(x.count == (operand == .plain ? columns : rows))
    precondition(y.count == (operand == .plain ? rows : columns))
    guard rows > 0, columns > 0 else {
      scaleOrClear(&y, by: beta)
      return
    }
    a.withUnsafeBufferPointer { a in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          shareMatrixVectorProduct(
            PlacedMatrix(a.baseAddress!, operand, stride: columns), x.baseAddress!, rows: rows,
            columns: columns, scaledBy: alpha, plus: beta, into: y.baseAddress!)
        }
      }
    }
  }

  /// y ← Ax for a symmetric matrix of order `order` of which one triangle is read.
  ///
  /// - Complexity: O(order²).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func multiplySymmetric(
    _ a: Span<Self>, order: Int, triangle: MatrixTriangle = .lower, by x: Span<Self>,
    into y: inout MutableSpan<Self>
  ) {
    precondition(a.count == order * order && x.count == order && y.count == order)
    guard order > 0 else { return }
    a.withUnsafeBufferPointer { a in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          routines.blas.symv(
            CblasRowMajor, triangle.cblas, blasint(order), 1, a.baseAddress, blasint(order),
            x.baseAddress, 1, 0, y.baseAddress, 1)
        }
      }
    }
  }

  /// C ← α op(A) op(B) + βC, all row-major; op(A) is `rows` × `inner`, op(B) `inner` × `columns`.
  ///
  /// - Complexity: O(rows · inner · columns).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func multiply(
    _ a: Span<Self>, _ operandA: MatrixOperand, _ b: Span<Self>,
    _ operandB: MatrixOperand = .plain,
    rows: Int, inner: Int, columns: Int, scaledBy alpha: Self = 1, plus beta: Self = 0,
    into c: inout MutableSpan<Self>
  ) {
    precondition(a.count == rows * inner && b.count == inner * columns)
    precondition(c.count == rows * columns)
    guard rows > 0, columns > 0, inner > 0 else {
      scaleOrClear(&c, by: beta)
      return
    }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          shareMatrixProduct(
            PlacedMatrix(a.baseAddress!, operandA, rows: rows, columns: inner),
            PlacedMatrix(b.baseAddress!, operandB, rows: inner, columns: columns),
            rows: rows, inner: inner, columns: columns, scaledBy: alpha, plus: beta,
            into: c.baseAddress!, stride: columns)
        }
      }
    }
  }

  /// Lower triangle of C ← α op(A) op(A)ᵀ + βC; op(A) is `order` × `inner`.
  ///
  /// - Complexity: O(order² · inner).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func addGram(
    of a: Span<Self>, _ operand: MatrixOperand = .plain, order: Int, inner: Int,
    scaledBy alpha: Self = 1, plus beta: Self = 0,
    into c: inout MutableSpan<Self>
  ) {
    precondition(a.count == order * inner && c.count == order * order)
    guard order > 0 else { return }
    a.withUnsafeBufferPointer { a in
      c.withUnsafeMutableBufferPointer { c in
        guard inner > 0 else {
          // Nothing to add: the triangle is scaled alone.
          routines.blas.syrk(
            CblasRowMajor, CblasLower, CblasNoTrans, blasint(order), 0, alpha, c.baseAddress, 1,
            beta, c.baseAddress, blasint(order))
          return
        }
        shareGram(
          PlacedMatrix(a.baseAddress!, operand, rows: order, columns: inner),
          order: order, inner: inner, scaledBy: alpha, plus: beta, into: c.baseAddress!,
          stride: order)
      }
    }
  }

  /// Lower triangle of C ← AᵀA + βC, on the calling thread alone; A is `inner` × `order`.
  ///
  /// - Complexity: O(order² · inner).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  package static func addGramPiece(
    of a: Span<Self>, order: Int, inner: Int, plus beta: Self, into c: inout MutableSpan<Self>
  ) {
    precondition(a.count == order * inner && c.count == order * order && inner > 0)
    a.withUnsafeBufferPointer { a in
      c.withUnsafeMutableBufferPointer { c in
        routines.blas.syrk(
          CblasRowMajor, CblasLower, CblasTrans, blasint(order), blasint(inner), 1, a.baseAddress,
          blasint(order), beta, c.baseAddress, blasint(order))
      }
    }
  }

  /// x ← op(T)⁻¹ x for a triangular matrix T of order `order` in the leading rows of `t`.
  ///
  /// - Complexity: O(order²).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func solveTriangular(
    _ t: Span<Self>, order: Int, triangle: MatrixTriangle, _ operand: MatrixOperand = .plain,
    in x: inout MutableSpan<Self>
  ) {
    precondition(t.count >= order * order && x.count == order)
    guard order > 0 else { return }
    t.withUnsafeBufferPointer { t in
      x.withUnsafeMutableBufferPointer { x in
        shareTriangularSolve(
          PlacedMatrix(t.baseAddress!, operand, stride: order), order: order, triangle: triangle,
          in: x.baseAddress!)
      }
    }
  }

  /// B ← B op(T)⁻¹ for a triangular matrix T of order `order` in the leading rows of `t`, with B
  /// `rows` × `order`.
  ///
  /// - Complexity: O(rows · order²).
  public static func solveTriangularFromRight(
    _ t: Span<Self>, order: Int, triangle: MatrixTriangle, _ operand: MatrixOperand = .plain,
    in b: inout MutableSpan<Self>, rows: Int
  ) {
    precondition(t.count >= order * order && b.count == rows * order)
    guard order > 0, rows > 0 else { return }
    t.withUnsafeBufferPointer { t in
      b.withUnsafeMutableBufferPointer { b in
        routines.blas.trsm(
          CblasRowMajor, CblasRight, triangle.cblas, operand.cblas, CblasNonUnit, blasint(rows),
          blasint(order), 1, t.baseAddress, blasint(order), b.baseAddress, blasint(order))
      }
    }
  }

  /// y ← βy, what is left of a product with an empty sum; 0 clears NaN too.
  private static func scaleOrClear(_ y: inout MutableSpan<Self>, by beta: Self) {
    if beta == 0 { fill(&y, with: 0) } else { scale(&y, by: beta) }
  }
}

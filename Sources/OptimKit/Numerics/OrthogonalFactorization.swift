import COpenBLAS

/// The thin QR factorization of a tall matrix, A = QR, or the thin LQ factorization of a wide one,
/// A = LQ, by Householder reflections.
///
/// The triangle is square, of the order of A's short side. Storage: that of A, which it takes over.
public struct OrthogonalFactorization<Scalar: RealScalar>: Sendable {
  var reflectors: Matrix<Scalar>
  let coefficients: [Scalar]

  /// The number of rows of A.
  public var rowCount: Int { reflectors.rowCount }
  /// The number of columns of A.
  public var columnCount: Int { reflectors.columnCount }
  /// Whether the factorization is A = QR; otherwise it is A = LQ.
  public var isTall: Bool { rowCount >= columnCount }

  /// Factors `matrix`.
  ///
  /// - Complexity: O(2 long · short² − ⅔ short³) for the long and the short side of the matrix.
  /// - Throws: ``OptimKitError`` of kind `nonFiniteValue` where an element is NaN or infinite.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public init(_ matrix: consuming Matrix<Scalar>) throws {
    try matrix.requireFinite(toBe: "factored")
    let isTall = matrix.rowCount >= matrix.columnCount
    var coefficients = Scalar.zeros(min(matrix.rowCount, matrix.columnCount))
    if !coefficients.isEmpty {
      let (rows, columns) = (matrix.rowCount, matrix.columnCount)
      matrix.storage.withUnsafeMutableBufferPointer { a in
        BlockReflections(a.baseAddress!, isTall: isTall, rows: rows, columns: columns)
          .factor(coefficients: &coefficients)
      }
    }
    reflectors = matrix
    self.coefficients = coefficients
  }

  /// R, upper triangular, or L, lower triangular; zero in the other triangle.
  ///
  /// - Complexity: O(short²).
  public var triangularFactor: Matrix<Scalar> {
    var result = Matrix<Scalar>(rowCount: coefficients.count, columnCount: coefficients.count)
    copyTriangularFactor(into: &result)
    return result
  }

  /// result ← the triangular factor, of the order of the short side; zeros in the other triangle.
  ///
  /// - Complexity: O(short²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func copyTriangularFactor(into result: inout Matrix<Scalar>) {
    let order = coefficients.count
    precondition(result.rowCount == order && result.columnCount == order, "the triangle is square")
    var elements = result.storage.mutableSpan
    Scalar.fill(&elements, with: 0)
    for i in 0..<order {
      let columns = isTall ? i..<order : 0..<i + 1
      let source = i * columnCount + columns.lowerBound
      elements.withSlice(i * order + columns.lowerBound..<i * order + columns.upperBound) {
        Scalar.copy(
          reflectors.storage.span.extracting(source..<source + columns.count), into: &$0)
      }
    }
  }

  /// Gives the storage back for the next matrix of the same shape; its content is of no use.
  public consuming func recoverStorage() -> Matrix<Scalar> { reflectors }

  /// Q, of the shape of A: orthonormal columns where A is tall, orthonormal rows where it is wide.
  ///
  /// - Complexity: O(2 long · short²).
  public consuming func orthonormalFactor() -> Matrix<Scalar> {
    var result = Matrix<Scalar>(rowCount: rowCount, columnCount: columnCount)
    guard !coefficients.isEmpty else { return result }
    let (isTall, rows, columns) = (isTall, rowCount, columnCount)
    reflectors.storage.withUnsafeBufferPointer { a in
      result.storage.withUnsafeMutableBufferPointer { target in
        // Reflections are only read; a pointer to change them would copy them first.
        let source = UnsafeMutablePointer(mutating: a.baseAddress!)
        BlockReflections(source, isTall: isTall, rows: rows, columns: columns)
          .expand(coefficients: coefficients, into: target.baseAddress!)
      }
    }
    return result
  }
}

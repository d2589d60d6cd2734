import COpenBLAS

/// The factorization A = P L Qᵀ of a square matrix, with P and Q orthogonal and L lower bidiagonal.
///
/// It gives damped least-squares steps of every damping for O(order) each (Eldén 1977), as the singular values would,
/// but for a seventh of their operations. Small singular values keep their accuracy: nothing is squared.
///
/// Storage: that of the matrix, which it takes over, and 5 order scalars.
public struct BidiagonalFactorization<Scalar: RealScalar>: Sendable {
  /// The diagonal of L.
  public let diagonal: [Scalar]
  /// The elements below the diagonal, one less.
  public let subdiagonal: [Scalar]
  private var reflectors: Matrix<Scalar>
  private let leftCoefficients: [Scalar]
  private let rightCoefficients: [Scalar]

  /// The order of the matrix.
  public var order: Int { diagonal.count }

  /// Factors `matrix`.
  ///
  /// - Complexity: About 8/3 order³, half of it in products of matrices with vectors.
  /// - Throws: ``OptimKitError`` of kind `nonFiniteValue` where an element is NaN or infinite.
  public init(_ matrix: consuming Matrix<Scalar>) throws {
    precondition(matrix.rowCount == matrix.columnCount, "the matrix is square")
    try matrix.requireFinite(toBe: "factored")
    let order = matrix.rowCount
    var size = blasint(order)
    var diagonal = Scalar.zeros(order)
    var subdiagonal = Scalar.zeros(max(0, order - 1))
    var left = Scalar.zeros(order)
    var right = Scalar.zeros(order)
    if order > 0 {
      matrix.storage.withUnsafeMutableBufferPointer { a in
        // LAPACK is column-major and sees Aᵀ = Q Lᵀ Pᵀ.
        LAPACKWorkspace<Scalar>.run { work, workSize, status in
          Scalar.routines.lapack.gebrd(
            &size, &size, a.baseAddress, &size, &diagonal, &subdiagonal, &right, &left, work,
            workSize, status)
        }
      }
    }
    (self.diagonal, self.subdiagonal) = (diagonal, subdiagonal)
    (leftCoefficients, rightCoefficients) = (left, right)
    reflectors = matrix
  }

  /// x ← Pᵀx.
  ///
  /// - Complexity: O(order²). LAPACK borrows the reflections' memory meanwhile, hence `mutating`.
  public mutating func projectLeft(_ x: inout MutableSpan<Scalar>) {
    reflect("P", "T", leftCoefficients, &x)
  }

  /// x ← Q x.
  ///
  /// - Complexity: O(order²).
  public mutating func expandRight(_ x: inout MutableSpan<Scalar>) {
    reflect("Q", "N", rightCoefficients, &x)
  }

  private mutating func reflect(
    _ factor: String, _ transposition: String, _ coefficients: [Scalar],
    _ x: inout MutableSpan<Scalar>
  ) {
    precondition(x.count == order)
    guard order > 0 else { return }
    var size = blasint(order)
    var one: blasint = 1
    reflectors.storage.withUnsafeMutableBufferPointer { a in
      x.withUnsafeMutableBufferPointer { x in
        LAPACKWorkspace<Scalar>.run { work, workSize, status in
          Scalar.routines.lapack.ormbr(
            factor, "L", transposition, &size, &one, &size, a.baseAddress, &size, coefficients,
            x.baseAddress, &size, work, workSize, status, 1, 1, 1)
        }
      }
    }
  }
}

import COpenBLAS

extension OrthogonalFactorization {
  /// x ← Q̂ x or Q̂ᵀx, for the square orthogonal matrix Q̂ of A's long side whose first columns are Q where A
  /// is tall, and whose first rows are Q where it is wide. Q itself is never formed.
  ///
  /// So the first elements of Q̂ᵀb are Qᵀb for a tall A = QR, and Q̂ᵀ[z; 0] is Qᵀz for a wide A = LQ.
  ///
  /// - Complexity: O(long · short). LAPACK borrows the reflectors' memory meanwhile, hence `mutating`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func applyOrthogonal(
    _ operand: MatrixOperand, in x: inout MutableSpan<Scalar>
  ) {
    precondition(x.count == max(rowCount, columnCount))
    // LAPACK is column-major and factored the transposed matrix: what it calls Q is our Qᵀ.
    let multiply = isTall ? Scalar.routines.lapack.ormlq : Scalar.routines.lapack.ormqr
    var long = blasint(x.count)
    var one: blasint = 1
    var order = blasint(coefficients.count)
    var stride = blasint(columnCount)
    guard order > 0 else { return }
    let coefficients = coefficients
    let transposition = operand == .plain ? "T" : "N"
    reflectors.storage.withUnsafeMutableBufferPointer { a in
      x.withUnsafeMutableBufferPointer { x in
        LAPACKWorkspace<Scalar>.run { work, size, status in
          multiply(
            "L", transposition, &long, &one, &order, a.baseAddress, &stride,
            coefficients, x.baseAddress, &long, work, size, status, 1, 1)
        }
      }
    }
  }

  /// x ← T⁻¹x or T⁻ᵀx for the triangle T, R of a tall and L of a wide matrix.
  ///
  /// - Complexity: O(short²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func solveTriangle(_ operand: MatrixOperand, in x: inout MutableSpan<Scalar>) {
    let order = coefficients.count
    precondition(x.count == order)
    guard order > 0 else { return }
    reflectors.storage.withUnsafeBufferPointer { a in
      x.withUnsafeMutableBufferPointer { x in
        Scalar.routines.blas.trsv(
          CblasRowMajor, triangle.cblas, operand.cblas, CblasNonUnit, blasint(order),
          a.baseAddress, blasint(columnCount), x.baseAddress, 1)
      }
    }
  }

  /// An estimate of 1 / κ₁ of the triangle; 0 where it is singular.
  ///
  /// - Complexity: O(short²).
  public var triangleReciprocalConditionNumber: Scalar {
    guard !coefficients.isEmpty else { return 1 }
    var order = blasint(coefficients.count)
    var stride = blasint(columnCount)
    var status: blasint = 0
    var reciprocal = Scalar(0)
    var work = Scalar.zeros(3 * coefficients.count)
    var integerWork = [blasint](repeating: 0, count: coefficients.count)
    reflectors.storage.withUnsafeBufferPointer {
      Scalar.routines.lapack.trcon(
        "I", triangle.lapack, "N", &order, $0.baseAddress, &stride, &reciprocal, &work,
        &integerWork, &status, 1, 1, 1)
    }
    return reciprocal
  }

  private var triangle: MatrixTriangle { isTall ? .upper : .lower }
}

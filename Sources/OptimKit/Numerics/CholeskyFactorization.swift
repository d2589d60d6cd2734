import COpenBLAS

/// The factorization A = LLᵀ of a symmetric positive definite matrix.
///
/// Storage: the order² scalars of the matrix it was made from, which it takes over and gives back with
/// `recoverStorage()`.
public struct CholeskyFactorization<Scalar: RealScalar>: Sendable {
  private var factor: Matrix<Scalar>
  private let oneNorm: Scalar

  /// The order of the matrix.
  public var order: Int { factor.rowCount }

  /// The largest ratio of a diagonal element of A to its pivot, at least 1: a lower bound of κ(A) that costs
  /// nothing.
  public let pivotRatio: Scalar

  /// Factors the symmetric matrix whose lower triangle `matrix` holds.
  ///
  /// - Complexity: O(order³ / 3).
  /// - Throws: ``OptimKitError`` of kind `singularSystem` where the matrix is not positive definite at
  ///   working precision: a pivot is not positive, or so much smaller than its diagonal element that
  ///   rounding made it. Of kind `nonFiniteValue` where it holds NaN or infinity.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public init(_ matrix: consuming Matrix<Scalar>) throws {
    precondition(matrix.rowCount == matrix.columnCount, "the matrix is square")
    let order = matrix.rowCount
    oneNorm = Self.symmetricOneNorm(matrix)
    guard oneNorm.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a matrix to be factored holds NaN or infinity",
        remedy: "check what the model returns at this point")
    }
    let diagonal = Self.diagonal(of: matrix)
    let badPivot = matrix.storage.withUnsafeMutableBufferPointer { elements in
      elements.baseAddress.flatMap { Scalar.factorByCholesky($0, order: order, stride: order) }
    }
    if let badPivot {
      throw Self.notPositiveDefinite("pivot \(badPivot) of \(order) is not positive")
    }
    let smallest = try Self.smallestPivotShare(of: matrix, diagonal: diagonal)
    factor = matrix
    pivotRatio = 1 / smallest
    // Small pivots may add up to a singular matrix without one being negligible. The estimate costs a third
    // of a factorization of a few thousand rows: only suspects pay for it.
    guard smallest < Scalar.unitRoundoff.squareRoot() else { return }
    let reciprocal = reciprocalConditionNumber
    guard reciprocal >= Scalar.unitRoundoff else {
      throw Self.notPositiveDefinite("its reciprocal condition number is \(reciprocal)")
    }
  }

  /// An estimate of 1 / κ₁(A).
  ///
  /// - Complexity: O(order²), some ten triangular solves.
  public var reciprocalConditionNumber: Scalar {
    guard order > 0 else { return 1 }
    var size = blasint(order)
    var status: blasint = 0
    var reciprocal = Scalar(0)
    var norm = oneNorm
    var work = Scalar.zeros(3 * order)
    var integerWork = [blasint](repeating: 0, count: order)
    factor.storage.withUnsafeBufferPointer {
      Scalar.routines.lapack.pocon(
        MatrixTriangle.lower.lapack, &size, $0.baseAddress, &size, &norm, &reciprocal, &work,
        &integerWork, &status, 1)
    }
    return reciprocal
  }

  /// x ← A⁻¹x.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func solve(in x: inout MutableSpan<Scalar>) {
    solveLower(in: &x)
    solveTransposedLower(in: &x)
  }

  /// x ← L⁻¹x.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func solveLower(in x: inout MutableSpan<Scalar>) {
    Scalar.solveTriangular(factor.storage.span, order: order, triangle: .lower, in: &x)
  }

  /// x ← L⁻ᵀx.
  ///
  /// - Complexity: O(order²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func solveTransposedLower(in x: inout MutableSpan<Scalar>) {
    Scalar.solveTriangular(factor.storage.span, order: order, triangle: .lower, .transposed, in: &x)
  }

  /// L, lower triangular; what stands above the diagonal is of no use.
  public var triangularFactor: Matrix<Scalar> { factor }

  /// Gives the storage back for the next matrix of the same order.
  public consuming func recoverStorage() -> Matrix<Scalar> { factor }

  private static func notPositiveDefinite(_ detail: String) -> OptimKitError {
    OptimKitError(
      .singularSystem,
      cause: "a matrix is not positive definite at \(Scalar.typeName) precision: \(detail)",
      remedy: "use a positive damping or ridge, remove duplicated or all-zero rows of the data, "
        + "or compute in double precision")
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func diagonal(of matrix: borrowing Matrix<Scalar>) -> [Scalar] {
    let order = matrix.rowCount
    var result = Scalar.zeros(order)
    for i in 0..<order { result[i] = matrix.storage[i * order + i] }
    return result
  }

  /// The least part of a diagonal element that its pivot is, 1 at most.
  ///
  /// - Throws: Where rounding made a pivot: a row that depends on those before it leaves one of about √order
  ///   roundoffs.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func smallestPivotShare(
    of factor: borrowing Matrix<Scalar>, diagonal: [Scalar]
  ) throws -> Scalar {
    let order = diagonal.count
    let negligible = 10 * Scalar(order).squareRoot() * Scalar.unitRoundoff
    var smallest = Scalar(1)
    for row in 0..<order {
      let root = factor.storage[row * order + row]
      let (pivot, element) = (root * root, diagonal[row])
      guard pivot > negligible * element else {
        throw Self.notPositiveDefinite(
          "pivot \(row + 1) of \(order) is \(pivot / element) of its diagonal element")
      }
      smallest = min(smallest, pivot / element)
    }
    return smallest
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func symmetricOneNorm(_ matrix: borrowing Matrix<Scalar>) -> Scalar {
    let order = matrix.rowCount
    var sums = Scalar.zeros(order)
    let elements = matrix.storage.span
    for i in 0..<order {
      let row = elements.extracting(i * order..<i * order + i + 1)
      // Apart, both loops are vectorised.
      for j in 0..<i { sums[j] += abs(row[j]) }
      sums[i] += Scalar.absoluteSum(row)
    }
    // `max` would drop a NaN; a sum keeps it.
    let total = sums.reduce(0, +)
    return total.isFinite ? (sums.max() ?? 0) : total
  }
}

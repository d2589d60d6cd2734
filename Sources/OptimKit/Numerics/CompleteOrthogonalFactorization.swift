import COpenBLAS

/// The complete orthogonal factorization of a tall matrix of any rank, A = Q [L Z; 0] Πᵀ, and its
/// pseudoinverse A⁺ (Golub and Van Loan, Matrix Computations, 5.4).
///
/// Householder QR with column pivoting, A Π = Q R, reveals the rank ρ: rows of R from the first on whose
/// diagonal element is at most 4 k u |R₁₁|, u the unit roundoff, are rounding and left out. The others,
/// ρ × k, are factored once more, as L Z with orthonormal rows Z. So A⁺b = Π Zᵀ L⁻¹ Q₁ᵀ b is the least-squares
/// solution of minimum norm, Q₁ the first ρ columns of Q.
///
/// Storage: that of A, and ρ k scalars.
public struct CompleteOrthogonalFactorization<Scalar: RealScalar>: Sendable {
  private var reflectors: Matrix<Scalar>
  private let coefficients: [Scalar]
  private let pivots: [Int]
  private var leading: OrthogonalFactorization<Scalar>
  private var scratch: [Scalar]

  /// The numerical rank ρ.
  public let rank: Int

  /// Factors A.
  ///
  /// - Parameters:
  ///   - matrix: Aᵀ, k × l with k ≤ l, whose storage is taken over.
  ///   - tolerance: How small beside R₁₁ a diagonal element of R is rounding; 4 k u by default.
  /// - Complexity: O(4 l k²), the pivoted part of which runs at the speed of matrix-vector products.
  /// - Throws: ``OptimKitError`` of kind `nonFiniteValue` where an element is NaN or infinite.
  public init(transposed matrix: consuming Matrix<Scalar>, tolerance: Scalar? = nil) throws {
    precondition(matrix.rowCount <= matrix.columnCount, "the matrix is tall")
    try matrix.requireFinite(toBe: "factored")
    let order = matrix.rowCount
    var coefficients = Scalar.zeros(order)
    var pivots = [blasint](repeating: 0, count: order)
    // LAPACK is column-major: what it sees is A.
    var long = blasint(matrix.columnCount)
    var short = blasint(order)
    if order > 0 {
      matrix.storage.withUnsafeMutableBufferPointer { a in
        LAPACKWorkspace<Scalar>.run { work, size, status in
          Scalar.routines.lapack.geqp3(
            &long, &short, a.baseAddress, &long, &pivots, &coefficients, work, size, status)
        }
      }
    }
    let largest = order > 0 ? abs(matrix[0, 0]) : 0
    let cutoff = (tolerance ?? 4 * Scalar(order) * Scalar.unitRoundoff) * largest
    let rank = (0..<order).first { !(abs(matrix[$0, $0]) > cutoff) } ?? order
    // Element (i, j) of R is element (j, i) of the transposed storage.
    var upper = Matrix<Scalar>(rowCount: rank, columnCount: order)
    for i in 0..<rank { for j in i..<order { upper[i, j] = matrix[j, i] } }
    leading = try OrthogonalFactorization(upper)
    scratch = Scalar.zeros(order)
    self.rank = rank
    self.pivots = pivots.map { Int($0) - 1 }
    self.coefficients = coefficients
    reflectors = matrix
  }

  /// The number k of columns of A.
  public var columnCount: Int { reflectors.rowCount }

  /// x ← A⁺b, the x of minimum norm among those that minimise ‖A x − b‖.
  ///
  /// - Parameters:
  ///   - b: One element per row of A; overwritten.
  ///   - x: One element per column of A.
  /// - Complexity: O(l k).
  public mutating func solve(_ b: inout MutableSpan<Scalar>, into x: inout MutableSpan<Scalar>) {
    precondition(x.count == columnCount)
    applyOrthogonal("T", in: &b)
    let (rank, order) = (rank, columnCount)
    // Moved out, because methods of self are called meanwhile.
    var work: [Scalar] = []
    swap(&work, &scratch)
    defer { swap(&work, &scratch) }
    var y = work.mutableSpan
    Scalar.fill(&y, with: 0)
    y.withSlice(0..<rank) { Scalar.copy(b.span.extracting(first: rank), into: &$0) }
    if rank == order {
      leading.applyOrthogonal(.transposed, in: &y)
      leading.solveTriangle(.plain, in: &y)
    } else if rank > 0 {
      y.withSlice(0..<rank) { leading.solveTriangle(.plain, in: &$0) }
      leading.applyOrthogonal(.transposed, in: &y)
    }
    for i in 0..<order { x[pivots[i]] = y[i] }
  }

  /// w ← (Aᵀ)⁺r, the w of minimum norm among those that minimise ‖Aᵀw − r‖.
  ///
  /// - Parameters:
  ///   - r: One element per column of A.
  ///   - w: One element per row of A.
  /// - Complexity: O(l k).
  public mutating func solveTransposed(_ r: Span<Scalar>, into w: inout MutableSpan<Scalar>) {
    precondition(r.count == columnCount)
    let (rank, order) = (rank, columnCount)
    // Moved out, because methods of self are called meanwhile.
    var work: [Scalar] = []
    swap(&work, &scratch)
    defer { swap(&work, &scratch) }
    var y = work.mutableSpan
    for i in 0..<order { y[i] = r[pivots[i]] }
    if rank == order {
      leading.solveTriangle(.transposed, in: &y)
      leading.applyOrthogonal(.plain, in: &y)
    } else if rank > 0 {
      leading.applyOrthogonal(.plain, in: &y)
      y.withSlice(0..<rank) { leading.solveTriangle(.transposed, in: &$0) }
    }
    Scalar.fill(&w, with: 0)
    w.withSlice(0..<rank) { Scalar.copy(y.span.extracting(first: rank), into: &$0) }
    applyOrthogonal("N", in: &w)
  }

  /// x ← Qx ("N") or Qᵀx ("T").
  private mutating func applyOrthogonal(_ operand: String, in x: inout MutableSpan<Scalar>) {
    precondition(x.count == reflectors.columnCount)
    guard !coefficients.isEmpty else { return }
    var long = blasint(x.count)
    var one: blasint = 1
    var order = blasint(coefficients.count)
    let coefficients = coefficients
    reflectors.storage.withUnsafeMutableBufferPointer { a in
      x.withUnsafeMutableBufferPointer { x in
        LAPACKWorkspace<Scalar>.run { work, size, status in
          Scalar.routines.lapack.ormqr(
            "L", operand, &long, &one, &order, a.baseAddress, &long, coefficients, x.baseAddress,
            &long, work, size, status, 1, 1)
        }
      }
    }
  }
}

import Foundation
import OptimKit

/// A partial Cholesky factorization F Fᵀ ≈ A = N − μI with random pivots, from the diagonal and ℓ columns of A
/// alone:
///
///     P = F Fᵀ + μI,   κ(P⁻¹N) ≤ 1 + tr(A − F Fᵀ) / μ.
///
/// Pivots are drawn in proportion to the diagonal of what is left, which finds a rank within a small factor of
/// the best one for the trace (Chen, Epperly, Tropp and Webber, arXiv 2207.06503; as a preconditioner,
/// arXiv 2304.12465). Blocks of proposals are thinned by rejection, so that their distribution is that of
/// one pivot after another while the work is matrix products (arXiv 2410.03969). The rank grows until the
/// trace of the rest is at most `residualRatio` · μ, or to `maximumRank`, which the report then tells.
/// Iterations: about √(1 + tr(A − F Fᵀ) / μ) · log(2/η) / 2 at most; usually far fewer.
///
/// Without damping, the mean of the rest's eigenvalues takes the place of μ in P, which then promises no bound.
///
/// Cost: the diagonal and the columns (cheap where the Jacobian offers `GramColumns`, otherwise one product
/// with N each), and O(k ℓ²). Storage: 4 k ℓ scalars while preparing,
/// taken anew each time because the rank is not known before; k ℓ while solving.
public struct PivotedCholeskyPreconditioning: PreconditionerStrategy {
  /// The largest rank, at least 1; 512 by default.
  public var maximumRank: Int
  /// The trace of the rest that is good enough, relative to the damping; 100 by default. 0 asks for the
  /// largest rank.
  public var residualRatio: Double
  /// The number of pivots proposed at a time, at least 1; 32 by default.
  public var blockSize: Int

  /// Creates the strategy.
  public init(maximumRank: Int = 512, residualRatio: Double = 100, blockSize: Int = 32) {
    self.maximumRank = maximumRank
    self.residualRatio = residualRatio
    self.blockSize = blockSize
  }

  /// "pivoted-cholesky".
  public var name: String { "pivoted-cholesky" }

  /// Throws where the rank or the block size is not positive or the ratio is negative.
  public func validate() throws {
    guard maximumRank >= 1, blockSize >= 1, residualRatio >= 0, residualRatio.isFinite else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a partial Cholesky factorization of rank up to \(maximumRank) in blocks of "
          + "\(blockSize) to a rest of \(residualRatio) times the damping",
        remedy: "choose a rank and a block size of at least 1 and a ratio that is not negative")
    }
  }

  /// Factors the system partially and inverts the approximation.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where N is zero.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    let order = system.shortCount
    let limit = min(maximumRank, order)
    var factorization = try PartialCholesky(
      of: system, stream: key.with(purpose: "random pivots").stream())
    let wanted = Scalar(residualRatio) * system.damping
    while factorization.rank < limit, factorization.trace > wanted,
      try factorization.extend(by: min(blockSize, limit - factorization.rank))
    {}
    let rank = factorization.rank
    let mean = rank < order ? factorization.trace / Scalar(order - rank) : 0
    let eigenpairs =
      rank == 0
      ? LowRankEigenpairs(order: order)
      : try system.ledger.measureInterruptibly(.factorization) {
        try LowRankEigenpairs(
          ofFactor: factorization.rows.transposed(),
          tail: system.damping > 0 ? system.damping : mean)
      }
    if rank > 0 { system.ledger.addFactorization() }
    let floor = 10 * Scalar.unitRoundoff * (eigenpairs.values.last ?? 0)
    let shift = system.damping > 0 ? system.damping : max(mean, floor)
    guard shift > 0 else {
      throw OptimKitError(
        .singularSystem, cause: "the Jacobian is zero and there is no damping",
        remedy: "use a positive damping or ridge, or start elsewhere")
    }
    var report = PreparationReport(
      access: "pivoted Cholesky from \(system.columnAccess)", factorization: "Cholesky", rank: rank,
      costInIterations: system.partialCholeskyCostInIterations(
        columns: factorization.columnCount, rank: rank))
    if system.damping > 0, residualRatio > 0, rank == limit, factorization.trace > wanted {
      report.fallbacks.append(
        "the partial Cholesky factorization ended at its largest rank of \(rank), with a trace of "
          + "\(String(format: "%.3g", Double(factorization.trace / system.damping))) times the damping left"
      )
    }
    return LowRankPreconditioner(eigenpairs, shift: shift, tail: shift, report: report)
  }
}

extension PreconditionerStrategy where Self == PivotedCholeskyPreconditioning {
  /// A partial Cholesky factorization with random pivots.
  public static func pivotedCholesky(
    maximumRank: Int = 512, residualRatio: Double = 100, blockSize: Int = 32
  ) -> Self {
    Self(maximumRank: maximumRank, residualRatio: residualRatio, blockSize: blockSize)
  }
}

/// F of A ≈ F Fᵀ, grown block by block.
struct PartialCholesky<Scalar: RealScalar> {
  private let system: DampedSystem<Scalar>
  private let order: Int
  private var stream: RandomStream
  /// The diagonal of A − F Fᵀ.
  private var diagonal: [Scalar]
  /// Where the rest of a diagonal element is rounding.
  private let roundoff: [Scalar]

  /// Fᵀ, ℓ × k: one column of F a row.
  private(set) var rows: Matrix<Scalar>
  /// The columns of A that were computed.
  private(set) var columnCount = 0

  /// ℓ.
  var rank: Int { rows.rowCount }

  /// tr(A − F Fᵀ).
  var trace: Scalar { diagonal.reduce(0, +) }

  init(of system: DampedSystem<Scalar>, stream: RandomStream) throws {
    self.system = system
    self.stream = stream
    order = system.shortCount
    var elements = Scalar.zeros(order)
    var span = elements.mutableSpan
    try system.copyUndampedDiagonal(into: &span)
    guard Scalar.firstNonFiniteIndex(in: elements.span) == nil else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a diagonal element of the Gram matrix is NaN or infinite",
        remedy: "check what the model returns at this point")
    }
    diagonal = elements
    roundoff = elements.map { 10 * Scalar(elements.count).squareRoot() * Scalar.unitRoundoff * $0 }
    rows = Matrix(rowCount: 0, columnCount: order)
  }

  /// Proposes `count` pivots and takes those that survive; false where nothing is left but rounding.
  mutating func extend(by count: Int) throws -> Bool {
    let proposals = proposePivots(count)
    guard !proposals.isEmpty else { return false }
    var columns = Matrix<Scalar>(rowCount: proposals.count, columnCount: order)
    try columns.withMutableElements { try system.copyUndampedColumns(proposals, into: &$0) }
    columnCount += proposals.count
    removeKnownPart(from: &columns, at: proposals)
    let (accepted, factor) = thin(proposals, columns)
    append(columns.selectingRows(accepted), factor, pivots: accepted.map { proposals[$0] })
    return true
  }

  /// `count` draws from the diagonal of the rest, each index once, in the order drawn.
  private mutating func proposePivots(_ count: Int) -> [Int] {
    var sums = [Double](repeating: 0, count: order)
    var sum = 0.0
    for i in 0..<order {
      sum += Double(diagonal[i])
      sums[i] = sum
    }
    guard sum > 0 else { return [] }
    var result: [Int] = []
    for _ in 0..<count {
      let target: Double = stream.uniform() * sum
      // The first index whose sum exceeds the target.
      var (low, high) = (0, order - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > target { high = middle } else { low = middle + 1 }
      }
      if diagonal[low] > 0, !result.contains(low) { result.append(low) }
    }
    return result
  }

  /// columns ← rows of A − F Fᵀ at `pivots`.
  private func removeKnownPart(from columns: inout Matrix<Scalar>, at pivots: [Int]) {
    guard rank > 0 else { return }
    var coefficients = Matrix<Scalar>(rowCount: pivots.count, columnCount: rank)
    for (position, pivot) in pivots.enumerated() {
      for row in 0..<rank { coefficients[position, row] = rows[row, pivot] }
    }
    columns.withMutableElements {
      Scalar.multiply(
        coefficients.storage.span, .plain, rows.storage.span, .plain, rows: pivots.count,
        inner: rank, columns: order, scaledBy: -1, plus: 1, into: &$0)
    }
  }

  /// Which proposals are kept, and the Cholesky factor L of the rest of A at them, lower triangular.
  ///
  /// Proposal i is kept with the probability by which its element has shrunk through those kept before.
  private mutating func thin(
    _ proposals: [Int], _ columns: Matrix<Scalar>
  ) -> (accepted: [Int], factor: Matrix<Scalar>) {
    var accepted: [Int] = []
    var triangle: [[Scalar]] = []
    for i in proposals.indices {
      // Row i of L against the rows kept so far, by forward substitution.
      var row: [Scalar] = []
      for (position, j) in accepted.enumerated() {
        var value = columns[j, proposals[i]]
        for t in 0..<position { value -= row[t] * triangle[position][t] }
        row.append(value / triangle[position][position])
      }
      let rest = row.reduce(columns[i, proposals[i]]) { $0 - $1 * $1 }
      let start = diagonal[proposals[i]]
      let threshold: Double = stream.uniform()
      let isFirst = accepted.isEmpty
      guard rest > roundoff[proposals[i]], isFirst || Double(rest) > threshold * Double(start)
      else {
        if !(rest > roundoff[proposals[i]]) { diagonal[proposals[i]] = 0 }
        continue
      }
      row.append(rest.squareRoot())
      triangle.append(row)
      accepted.append(i)
    }
    var factor = Matrix<Scalar>(rowCount: accepted.count, columnCount: accepted.count)
    for (i, row) in triangle.enumerated() {
      for (j, value) in row.enumerated() { factor[i, j] = value }
    }
    return (accepted, factor)
  }

  /// Fᵀ gets the rows L⁻¹ · `columns`, and the diagonal loses their squares.
  private mutating func append(
    _ columns: Matrix<Scalar>, _ factor: Matrix<Scalar>, pivots: [Int]
  ) {
    let added = pivots.count
    let order = order
    guard added > 0 else { return }
    var inverse = Matrix<Scalar>(rowCount: added, columnCount: added)
    for i in 0..<added {
      // Row i of L⁻¹ is L⁻ᵀ eᵢ.
      inverse[i, i] = 1
      inverse.withMutableElements { elements in
        elements.withSlice(i * added..<(i + 1) * added) {
          Scalar.solveTriangular(
            factor.storage.span, order: added, triangle: .lower, .transposed, in: &$0)
        }
      }
    }
    var fresh = Matrix<Scalar>(rowCount: added, columnCount: order)
    fresh.withMutableElements {
      Scalar.multiply(
        inverse.storage.span, .plain, columns.storage.span, .plain, rows: added, inner: added,
        columns: order, into: &$0)
    }
    var span = diagonal.mutableSpan
    for row in 0..<added {
      Self.subtractSquares(
        of: fresh.storage.span.extracting(row * order..<(row + 1) * order), from: &span)
    }
    for pivot in pivots { diagonal[pivot] = 0 }
    rows.appendRows(of: fresh)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func subtractSquares(of x: Span<Scalar>, from sums: inout MutableSpan<Scalar>) {
    for i in x.indices { sums[i] = max(0, sums[i] - x[i] * x[i]) }
  }
}

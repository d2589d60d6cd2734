import Foundation
import OptimKit

/// A randomised Nyström approximation of A = N − μI from products alone: the Jacobian needs no other
/// capability.
///
/// For ℓ random orthonormal columns Ω and Y = A Ω, AΩ (ΩᵀY)⁻¹ (AΩ)ᵀ = U Λ Uᵀ is the best approximation from
/// below that Y allows; with λ the smallest of Λ,
///
///     P⁻¹ = U (Λ + μI)⁻¹ Uᵀ + (I − U Uᵀ) / (λ + μ),
///
/// and κ(P⁻¹N) ≤ (λ + μ + ‖E‖) / μ for the error E. A rank of twice the effective dimension tr(A N⁻¹)
/// keeps that below 28 on average (Frangella, Tropp and Udell, arXiv 2110.02820). The rank doubles from
/// `initialRank` until λ and an estimate of ‖E‖ are at most `errorRatio` · μ, so that κ is about
/// 1 + 2 · `errorRatio` at most, 16 iterations to 1e-3 with the default; or to `maximumRank`, which the report
/// then tells.
///
/// Without damping there is nothing to compare the error with: the rank goes to its maximum, or to where the
/// spectrum falls below roundoff, and λ takes the place of μ in P. That deflates the ℓ largest eigenvalues
/// and promises no more.
///
/// It pays where the spectrum decays fast; where it does not, plain conjugate gradients are as fast.
///
/// Cost: ℓ + 5 products with N for each rank that is checked, and O(k ℓ²). Storage: 4 k ℓ + 3 ℓ² scalars while
/// preparing, taken anew each time because the rank is not known before; k ℓ while solving.
public struct NystromPreconditioning: PreconditionerStrategy {
  /// The rank to begin with, at least 1; 16 by default.
  public var initialRank: Int
  /// The largest rank, at least the initial one; 512 by default.
  public var maximumRank: Int
  /// The error that is good enough, relative to the damping; 10 by default.
  public var errorRatio: Double

  /// Creates the strategy.
  public init(initialRank: Int = 16, maximumRank: Int = 512, errorRatio: Double = 10) {
    self.initialRank = initialRank
    self.maximumRank = maximumRank
    self.errorRatio = errorRatio
  }

  /// "nystrom".
  public var name: String { "nystrom" }

  /// Throws where a rank or the error ratio is not positive.
  public func validate() throws {
    guard initialRank >= 1, maximumRank >= initialRank, errorRatio > 0, errorRatio.isFinite else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a Nyström approximation of rank \(initialRank) to \(maximumRank) with an error of "
          + "\(errorRatio) times the damping",
        remedy: "choose ranks from 1 on, the larger one last, and a positive error ratio such as 10"
      )
    }
  }

  /// Approximates the system and inverts the approximation.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where N is zero.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    let limit = min(maximumRank, system.shortCount)
    let wanted = Scalar(errorRatio) * system.damping
    var approximation = NystromApproximation(
      of: system, key: key.with(purpose: "Nyström approximation"))
    var rank = min(initialRank, limit)
    var eigenpairs = try approximation.eigenpairs(rank: rank)
    var isAccurate = false
    while let smallest = eigenpairs.values.first, let largest = eigenpairs.values.last {
      let roundoff = 10 * Scalar(system.shortCount) * Scalar.unitRoundoff * largest
      isAccurate =
        try rank == system.shortCount || smallest <= roundoff
        || (smallest <= wanted && approximation.errorNorm(of: eigenpairs) <= wanted)
      guard !isAccurate, rank < limit else { break }
      rank = min(2 * rank, limit)
      eigenpairs = try approximation.eigenpairs(rank: rank)
    }
    guard system.damping > 0 || !eigenpairs.values.isEmpty else {
      throw OptimKitError(
        .singularSystem, cause: "the Jacobian is zero and there is no damping",
        remedy: "use a positive damping or ridge, or start elsewhere")
    }
    let smallest = eigenpairs.values.first ?? 0
    let floor = 10 * Scalar.unitRoundoff * (eigenpairs.values.last ?? 0)
    let shift = system.damping > 0 ? system.damping : max(smallest, floor)
    var report = PreparationReport(
      access: "Nyström approximation from products", rank: eigenpairs.values.count,
      costInIterations: Double(approximation.productCount))
    if !isAccurate, rank == limit, system.damping > 0, smallest > wanted {
      report.fallbacks.append(
        "the Nyström approximation ended at its largest rank of \(rank), with eigenvalues of "
          + "\(String(format: "%.3g", Double(smallest / system.damping))) times the damping left")
    }
    return LowRankPreconditioner(
      eigenpairs, shift: shift, tail: smallest + shift, report: report)
  }
}

extension PreconditionerStrategy where Self == NystromPreconditioning {
  /// A randomised Nyström approximation from products alone.
  public static func nystrom(
    initialRank: Int = 16, maximumRank: Int = 512, errorRatio: Double = 10
  ) -> Self {
    Self(initialRank: initialRank, maximumRank: maximumRank, errorRatio: errorRatio)
  }
}

/// Random orthonormal vectors and their products with A = N − μI, more and more of them.
private struct NystromApproximation<Scalar: RealScalar> {
  private let system: DampedSystem<Scalar>
  private let key: RandomKey
  private let order: Int
  /// Ωᵀ and Yᵀ, ℓ × k: one vector a row.
  private var directions: Matrix<Scalar>
  private var images: Matrix<Scalar>
  private(set) var productCount = 0

  init(of system: DampedSystem<Scalar>, key: RandomKey) {
    self.system = system
    self.key = key
    order = system.shortCount
    directions = Matrix(rowCount: 0, columnCount: order)
    images = directions
  }

  /// The eigenpairs of the approximation of rank `rank`; none where A is zero.
  mutating func eigenpairs(rank: Int) throws -> LowRankEigenpairs<Scalar> {
    try extend(to: rank)
    let size = Scalar.norm(images.storage.span)
    guard size.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
        remedy: "check the model's derivatives at this point")
    }
    guard size > 0 else { return LowRankEigenpairs(order: order) }
    // A + νI in place of A keeps ΩᵀY positive definite in spite of rounding; ν is taken off again.
    var shift = Scalar(order).squareRoot() * Scalar.ulpOfOne * size
    while true {
      var shifted = images
      shifted.withMutableElements { Scalar.add(shift, directions.storage.span, to: &$0) }
      do {
        let core = try factoredCore(of: shifted, rank: rank)
        var factor = shifted.transposed()
        factor.withMutableElements {
          Scalar.solveTriangularFromRight(
            core.storage.span, order: rank, triangle: .lower, .transposed, in: &$0, rows: order)
        }
        var result = try system.ledger.measureInterruptibly(.factorization) {
          try LowRankEigenpairs(ofFactor: factor)
        }
        system.ledger.addFactorization()
        result.values = result.values.map { max(0, $0 - shift) }
        return result
      } catch let error as OptimKitError where error.kind == .singularSystem && shift < size {
        shift *= 10
      }
    }
  }

  /// L of ΩᵀY = LLᵀ.
  private func factoredCore(of images: Matrix<Scalar>, rank: Int) throws -> Matrix<Scalar> {
    var core = Matrix<Scalar>(rowCount: rank, columnCount: rank)
    core.withMutableElements {
      Scalar.multiply(
        directions.storage.span, .plain, images.storage.span, .transposed, rows: rank,
        inner: order, columns: rank, into: &$0)
    }
    return try system.ledger.measureInterruptibly(.factorization) {
      try CholeskyFactorization(core).recoverStorage()
    }
  }

  /// ‖A − U Λ Uᵀ‖, by 5 steps of the power method from a random vector: a little less than the truth.
  mutating func errorNorm(of eigenpairs: LowRankEigenpairs<Scalar>) throws -> Scalar {
    let rank = eigenpairs.values.count
    let basis = eigenpairs.vectors.storage
    var vector = Scalar.zeros(order)
    var span = vector.mutableSpan
    key.with(purpose: "error of a Nyström approximation").fillNormal(&span)
    var image = Scalar.zeros(order)
    var imageSpan = image.mutableSpan
    var coefficients = Scalar.zeros(rank)
    var coefficientsSpan = coefficients.mutableSpan
    var norm = Scalar.norm(span.span)
    for _ in 0..<5 where norm > 0 {
      Scalar.scale(&span, by: 1 / norm)
      try applyUndamped(span.span, into: &imageSpan)
      Scalar.multiply(
        basis.span, rows: order, columns: rank, .transposed, by: span.span,
        into: &coefficientsSpan)
      Scalar.multiply(eigenpairs.values.span, into: &coefficientsSpan)
      Scalar.multiply(
        basis.span, rows: order, columns: rank, by: coefficientsSpan.span, scaledBy: -1, plus: 1,
        into: &imageSpan)
      norm = Scalar.norm(imageSpan.span)
      Scalar.copy(imageSpan.span, into: &span)
    }
    return norm
  }

  /// Draws vectors until there are `rank`, orthonormal to all before, and multiplies them.
  private mutating func extend(to rank: Int) throws {
    let old = directions.rowCount
    let added = rank - old
    guard added > 0 else { return }
    var fresh = Matrix<Scalar>(rowCount: added, columnCount: order)
    fresh.withMutableElements { key.fillNormal(&$0, from: old * order) }
    // Orthogonalised twice, which is enough.
    for _ in 0..<2 {
      if old > 0 { removeDirections(from: &fresh) }
      fresh = try OrthogonalFactorization(fresh).orthonormalFactor()
    }
    var products = Matrix<Scalar>(rowCount: added, columnCount: order)
    var elements = products.storage.mutableSpan
    for row in 0..<added {
      let range = row * order..<(row + 1) * order
      try elements.withSlice(range) {
        try applyUndamped(fresh.storage.span.extracting(range), into: &$0)
      }
    }
    var result = Matrix<Scalar>(rowCount: rank, columnCount: order)
    result.storage = directions.storage + fresh.storage
    directions = result
    result.storage = images.storage + products.storage
    images = result
  }

  /// rows ← rows (I − Ω Ωᵀ).
  private func removeDirections(from rows: inout Matrix<Scalar>) {
    let old = directions.rowCount
    let added = rows.rowCount
    var projections = Matrix<Scalar>(rowCount: added, columnCount: old)
    projections.withMutableElements {
      Scalar.multiply(
        rows.storage.span, .plain, directions.storage.span, .transposed, rows: added,
        inner: order, columns: old, into: &$0)
    }
    rows.withMutableElements {
      Scalar.multiply(
        projections.storage.span, .plain, directions.storage.span, .plain, rows: added,
        inner: old, columns: order, scaledBy: -1, plus: 1, into: &$0)
    }
  }

  /// result ← A x.
  private mutating func applyUndamped(
    _ x: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    productCount += 1
    try system.applyNormal(x, into: &result)
    if system.damping > 0 { Scalar.add(-system.damping, x, to: &result) }
  }
}

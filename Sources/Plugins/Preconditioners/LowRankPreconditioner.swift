import OptimKit

/// P = U (Λ + δI) Uᵀ + τ (I − U Uᵀ) for ℓ orthonormal columns U: a few directions exactly, the rest alike.
///
/// Applying it takes two products with U. Storage: k ℓ + 3 ℓ scalars.
final class LowRankPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  private let eigenpairs: LowRankEigenpairs<Scalar>
  /// On the columns of U, what is added to the rest: 1 / (λ + δ) − 1 / τ, and the same of the roots.
  private let inverse: [Scalar]
  private let inverseRoot: [Scalar]
  private let tailInverse: Scalar
  private let coefficients: AlignedBuffer<Scalar>

  /// - Parameters:
  ///   - eigenpairs: U and Λ.
  ///   - shift: δ, with λ + δ > 0 for all λ.
  ///   - tail: τ > 0.
  ///   - report: What it was made from.
  init(
    _ eigenpairs: LowRankEigenpairs<Scalar>, shift: Scalar, tail: Scalar, report: PreparationReport
  ) {
    self.eigenpairs = eigenpairs
    self.report = report
    let tailInverse = 1 / tail
    self.tailInverse = tailInverse
    inverse = eigenpairs.values.map { 1 / ($0 + shift) - tailInverse }
    inverseRoot = eigenpairs.values.map {
      1 / ($0 + shift).squareRoot() - tailInverse.squareRoot()
    }
    coefficients = AlignedBuffer(count: eigenpairs.values.count)
  }

  /// r ← P⁻¹ r.
  func applyInverse(in r: inout MutableSpan<Scalar>) {
    apply(inverse, tail: tailInverse, in: &r)
  }

  /// r ← R⁻¹ r with the symmetric root R of P.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    apply(inverseRoot, tail: tailInverse.squareRoot(), in: &r)
  }

  /// r ← R⁻ᵀ r = R⁻¹ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    applyInverseFactor(in: &r)
  }

  /// r ← tail · r + U (factors ∘ Uᵀr).
  private func apply(_ factors: [Scalar], tail: Scalar, in r: inout MutableSpan<Scalar>) {
    let basis = eigenpairs.vectors
    let memory = coefficients.memory
    var c = memory.mutableSpan
    Scalar.multiply(
      basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, .transposed,
      by: r.span, into: &c)
    Scalar.multiply(factors.span, into: &c)
    Scalar.multiply(
      basis.storage.span, rows: basis.rowCount, columns: basis.columnCount, by: c.span, plus: tail,
      into: &r)
  }
}

/// U Λ Uᵀ of rank ℓ, with Λ in ascending order.
struct LowRankEigenpairs<Scalar: RealScalar> {
  /// U, k × ℓ, orthonormal columns.
  var vectors: Matrix<Scalar>
  /// The diagonal of Λ.
  var values: [Scalar]

  /// No directions, of order `order`.
  init(order: Int) {
    vectors = Matrix(rowCount: order, columnCount: 0)
    values = []
  }

  /// The eigenpairs of B Bᵀ, for B = `factor` of at least as many rows as columns.
  ///
  /// By way of B = QR, so that U is orthonormal to roundoff whatever the conditioning of B.
  ///
  /// - Complexity: O(k ℓ²).
  init(ofFactor factor: consuming Matrix<Scalar>) throws {
    let rank = factor.columnCount
    let rows = factor.rowCount
    let factorization = try OrthogonalFactorization(factor)
    let triangle = factorization.triangularFactor
    var gram = Matrix<Scalar>(rowCount: rank, columnCount: rank)
    gram.withMutableElements {
      Scalar.addGram(of: triangle.storage.span, order: rank, inner: rank, into: &$0)
    }
    let decomposition = try SymmetricEigendecomposition(gram)
    let small = decomposition.vectorsAsRows
    let basis = factorization.orthonormalFactor()
    var vectors = Matrix<Scalar>(rowCount: rows, columnCount: rank)
    vectors.withMutableElements {
      Scalar.multiply(
        basis.storage.span, .plain, small.storage.span, .transposed, rows: rows, inner: rank,
        columns: rank, into: &$0)
    }
    self.vectors = vectors
    self.values = decomposition.values.map { max(0, $0) }
  }
}

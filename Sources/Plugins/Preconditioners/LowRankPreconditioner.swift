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
  /// By way of BᵀB = V Λ Vᵀ and U = B V Λ^(−½) where that is good enough: columns of U depart from orthonormal
  /// ones by some u λ₁ / λᵢ, the preconditioner by u λ₁ / τ, and 1e-4 does no harm. Elsewhere by way of B = QR,
  /// several times slower, so that U is orthonormal to roundoff whatever the conditioning of B.
  ///
  /// - Parameter tail: τ of the preconditioner; nil where it is not known yet.
  /// - Complexity: O(k ℓ²).
  init(ofFactor factor: consuming Matrix<Scalar>, tail: Scalar? = nil) throws {
    let rank = factor.columnCount
    if let tail, let pairs = try Self(ofGramOf: factor, tail: tail) {
      self = pairs
      return
    }
    let factorization = try OrthogonalFactorization(factor)
    let triangle = factorization.triangularFactor
    var gram = Matrix<Scalar>(rowCount: rank, columnCount: rank)
    gram.withMutableElements {
      Scalar.addGram(of: triangle.storage.span, order: rank, inner: rank, into: &$0)
    }
    let decomposition = try SymmetricEigendecomposition(gram)
    let small = decomposition.vectorsAsRows
    let basis = factorization.orthonormalFactor()
    self.init(
      vectors: Self.product(of: basis, small), values: decomposition.values.map { max(0, $0) })
  }

  /// By way of BᵀB; nil where that is not accurate enough.
  private init?(ofGramOf factor: borrowing Matrix<Scalar>, tail: Scalar) throws {
    let rank = factor.columnCount
    var gram = Matrix<Scalar>(rowCount: rank, columnCount: rank)
    gram.withMutableElements {
      Scalar.addGram(
        of: factor.storage.span, .transposed, order: rank, inner: factor.rowCount, into: &$0)
    }
    let decomposition = try SymmetricEigendecomposition(gram)
    let values = decomposition.values
    guard let smallest = values.first, let largest = values.last,
      min(smallest, tail) > 1e4 * Scalar.unitRoundoff * largest
    else { return nil }
    var scaled = decomposition.vectorsAsRows
    scaled.withMutableElements { elements in
      for (i, value) in values.enumerated() {
        elements.withSlice(i * rank..<(i + 1) * rank) {
          Scalar.scale(&$0, by: 1 / value.squareRoot())
        }
      }
    }
    self.init(vectors: Self.product(of: factor, scaled), values: values)
  }

  private init(vectors: Matrix<Scalar>, values: [Scalar]) {
    self.vectors = vectors
    self.values = values
  }

  /// A Vᵀ.
  private static func product(
    of matrix: borrowing Matrix<Scalar>, _ rows: borrowing Matrix<Scalar>
  ) -> Matrix<Scalar> {
    var result = Matrix<Scalar>(rowCount: matrix.rowCount, columnCount: rows.rowCount)
    result.withMutableElements {
      Scalar.multiply(
        matrix.storage.span, .plain, rows.storage.span, .transposed, rows: matrix.rowCount,
        inner: matrix.columnCount, columns: rows.rowCount, into: &$0)
    }
    return result
  }
}

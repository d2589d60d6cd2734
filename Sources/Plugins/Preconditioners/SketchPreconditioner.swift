import OptimKit

/// P = RᵀR ≈ N, where R is the triangle of the sketched matrix [S A; √μ I]: the damping enters exactly.
///
/// With s rows for k columns, κ(R⁻ᵀ N R⁻¹) ≈ ((√s + √k)/(√s − √k))², whatever the conditioning of A
/// (arXiv 2006.11648).
///
/// Cost: the sketch, and s k² + k³/3 by Cholesky or 2 s k² by QR. Storage: (s + k) k + k² scalars, k²
/// alone while solving.
public struct SketchPreconditioning<Sketch: Sketcher>: PreconditionerStrategy {
  /// How R is computed.
  public enum Factorization: String, Hashable, Sendable, Codable {
    /// Cholesky of the sketched Gram matrix, several times faster; QR where that matrix is singular at
    /// working precision, because forming it squares the condition number.
    case automatic
    /// QR of the sketch, as in arXiv 2006.11648.
    case qr
  }

  /// The distribution of the sketch.
  public var sketch: Sketch
  /// Rows s of the sketch per column, at least 1.1; 4 by default.
  public var oversampling: Double
  /// How R is computed; automatic by default.
  public var factorization: Factorization

  /// Creates the strategy.
  public init(
    _ sketch: Sketch, oversampling: Double = 4, factorization: Factorization = .automatic
  ) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.factorization = factorization
  }

  /// "sketch".
  public var name: String { "sketch" }

  /// The distribution of the sketch.
  public var sketcher: (any Sketcher)? { sketch }

  /// Throws where the oversampling is below 1.1, or absurd.
  public func validate() throws {
    try validateOversampling(
      oversampling, minimum: 1.1, remedy: "choose at least 1.1 rows per column; 4 is usual")
  }

  /// Draws a sketch of about `oversampling` · k rows and factors the sketched system.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where R is singular at working precision,
  ///   `missingCapability` where the Jacobian cannot be sketched.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    try SketchPreconditioner(
      of: system, sketcher: sketch, oversampling: oversampling, factorization: factorization,
      key: key)
  }
}

/// R of a sketched system.
final class SketchPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  /// R, upper triangular, or Rᵀ, lower triangular.
  private let factor: Matrix<Scalar>
  private let triangle: MatrixTriangle

  init<Sketch>(
    of system: DampedSystem<Scalar>, sketcher: Sketch, oversampling: Double,
    factorization: SketchPreconditioning<Sketch>.Factorization, key: RandomKey
  ) throws {
    let order = system.shortCount
    let wanted = (oversampling * Double(order)).rounded(.up)
    guard wanted * Double(order) < Double(Int32.max) else {
      throw OptimKitError(
        .invalidArgument, cause: "a sketch of \(wanted) rows for \(order) columns",
        remedy: "reduce the oversampling")
    }
    let sketch = try system.makeSketch(from: sketcher, rows: Int(wanted), key: key)
    let rows = sketch.rowCount + (system.damping > 0 ? order : 0)
    var sketched = Matrix<Scalar>(rowCount: max(rows, order), columnCount: order)
    try system.apply(sketch, into: &sketched)
    if system.damping > 0 {
      let root = system.damping.squareRoot()
      for i in 0..<order { sketched[sketch.rowCount + i, i] = root }
    }
    if factorization == .automatic,
      let lower = try? system.ledger.measure(
        .factorization, { try Self.choleskyFactor(of: sketched) })
    {
      factor = lower
      triangle = .lower
    } else {
      factor = try system.ledger.measure(.factorization) {
        try Self.orthogonalFactor(of: sketched)
      }
      triangle = .upper
    }
    system.ledger.addFactorization()
    report = PreparationReport(
      access: system.sketchAccess, sketchSize: sketch.rowCount,
      factorization: triangle == .lower ? "Cholesky" : "QR")
  }

  private static func choleskyFactor(of matrix: borrowing Matrix<Scalar>) throws -> Matrix<Scalar> {
    let order = matrix.columnCount
    var gram = Matrix<Scalar>(rowCount: order, columnCount: order)
    gram.withMutableElements {
      Scalar.addGram(
        of: matrix.storage.span, .transposed, order: order, inner: matrix.rowCount, into: &$0)
    }
    return try CholeskyFactorization(gram).recoverStorage()
  }

  private static func orthogonalFactor(
    of matrix: consuming Matrix<Scalar>
  ) throws -> Matrix<Scalar> {
    let factor = try OrthogonalFactorization(matrix).triangularFactor
    let reciprocal = factor.triangularReciprocalConditionNumber(.upper)
    guard reciprocal > Scalar.unitRoundoff else {
      throw OptimKitError(
        .singularSystem,
        cause: "the sketched system is singular at \(Scalar.typeName) precision: its reciprocal "
          + "condition number is \(reciprocal)",
        remedy: "use a positive damping or ridge, remove duplicated or all-zero rows of the data, "
          + "or compute in double precision")
    }
    return factor
  }

  /// r ← R⁻¹ r.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    solve(triangle == .upper ? .plain : .transposed, in: &r)
  }

  /// r ← R⁻ᵀ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    solve(triangle == .upper ? .transposed : .plain, in: &r)
  }

  private func solve(_ operand: MatrixOperand, in r: inout MutableSpan<Scalar>) {
    let factor = factor
    Scalar.solveTriangular(
      factor.storage.span, order: factor.rowCount, triangle: triangle, operand, in: &r)
  }
}

import OptimKit

/// P = RᵀR ≈ N, where R is the triangle of the sketched matrix [S A; √μ I]: the damping enters exactly.
///
/// With s rows for k columns, κ(R⁻ᵀ N R⁻¹) ≈ ((√s + √k)/(√s − √k))², whatever the conditioning of A
/// (arXiv 2006.11648).
///
/// From a sketcher that samples left factors, such as `NeuronSamplingSketcher`, and a Jacobian with `SampledGram`,
/// RᵀR is had by Cholesky of the sampled Gram matrix without S A; a larger sample is drawn where it is singular.
///
/// Otherwise, where R is singular at working precision, a sketch of twice the size is tried once, by QR; the
/// report tells.
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
    try validateOversampling(oversampling)
  }

  /// Draws a sketch of about `oversampling` · k rows and factors the sketched system.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where R is singular at working precision,
  ///   `missingCapability` where the Jacobian cannot be sketched.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    if factorization == .automatic, system.hasSampledGram,
      let sampler = sketch as? any LeftFactorSampler
    {
      return try SketchPreconditioner(
        of: system, sampler: sampler, oversampling: oversampling, key: key)
    }
    return try SketchPreconditioner(
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

  init(factor: Matrix<Scalar>, triangle: MatrixTriangle, report: PreparationReport) {
    self.factor = factor
    self.triangle = triangle
    self.report = report
  }

  init<Sketch>(
    of system: DampedSystem<Scalar>, sketcher: Sketch, oversampling: Double,
    factorization: SketchPreconditioning<Sketch>.Factorization, key: RandomKey
  ) throws {
    let wanted = try system.sketchSize(oversampling: oversampling)
    var fallbacks: [String] = []
    var rows = 0
    var access = ""
    var result: (factor: Matrix<Scalar>, triangle: MatrixTriangle)?
    // A larger sketch is tried once: a singular system stays singular at every size.
    for size in [wanted, 2 * wanted] where result == nil {
      let sketch = try system.makeSketch(from: sketcher, rows: size, key: key)
      let canRetry =
        rows == 0 && sketch.rowCount == size && 2 * size < system.longCount
        && 2 * wanted * system.shortCount < Int(Int32.max)
      rows = sketch.rowCount
      access = system.sketchAccess(of: sketch)
      do {
        result = try Self.factor(
          of: system, sketch, isCholeskyTried: factorization == .automatic && size == wanted,
          // What is singular but for rounding in one sketch must be clearly regular in the other.
          smallestReciprocal: Scalar.unitRoundoff * (size == wanted ? 1 : 1000), &fallbacks)
      } catch let error as OptimKitError where error.kind == .singularSystem && canRetry {
        fallbacks.append("the sketch of \(rows) rows is singular: drew one of twice as many")
      }
    }
    guard let result else { preconditionFailure("the last attempt throws") }
    (factor, triangle) = result
    report = PreparationReport(
      access: access, sketchSize: rows,
      factorization: triangle == .lower ? "Cholesky" : "QR",
      costInIterations: system.sketchCostInIterations(rows: rows), fallbacks: fallbacks)
  }

  /// R of [S A; √μ I], by Cholesky of its Gram matrix or by QR.
  private static func factor(
    of system: DampedSystem<Scalar>, _ sketch: any Sketch, isCholeskyTried: Bool,
    smallestReciprocal: Scalar, _ fallbacks: inout [String]
  ) throws -> (factor: Matrix<Scalar>, triangle: MatrixTriangle) {
    let order = system.shortCount
    let rows = sketch.rowCount + (system.damping > 0 ? order : 0)
    var sketched = Matrix<Scalar>(rowCount: max(rows, order), columnCount: order)
    try system.apply(sketch, into: &sketched)
    if system.damping > 0 {
      let root = system.damping.squareRoot()
      for i in 0..<order { sketched[sketch.rowCount + i, i] = root }
    }
    if isCholeskyTried {
      do {
        let factor = try system.ledger.measure(.factorization) {
          try choleskyFactor(of: sketched)
        }
        system.ledger.addFactorization()
        return (factor, .lower)
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(
          "the sketched Gram matrix is singular at \(Scalar.typeName) precision: factored the "
            + "sketch by QR")
      }
    }
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver: Matrix<Scalar>? = consume sketched
    let factor = try system.ledger.measure(.factorization) {
      try orthogonalFactor(of: handedOver.take()!, smallestReciprocal: smallestReciprocal)
    }
    system.ledger.addFactorization()
    return (factor, .upper)
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
    of matrix: consuming Matrix<Scalar>, smallestReciprocal: Scalar
  ) throws -> Matrix<Scalar> {
    let factorization = try OrthogonalFactorization(matrix)
    try factorization.requireRegular(
      "the sketched system", smallestReciprocal: smallestReciprocal)
    return factorization.triangularFactor
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

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
/// Cost: the sketch, and s k² + k³/3 by Cholesky or 2 s k² by QR. Storage: (s + k) k + k² scalars, kept
/// for the next system, and what `DampedSystem` needs to sketch.
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
    try makePreconditioner(for: system, key: key, reusing: nil)
  }

  /// The same in the memory of an earlier one.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    let storage = (old.take() as? SketchPreconditioner<Scalar>)?.recoverStorage() ?? SketchStorage()
    if factorization == .automatic, system.hasSampledGram,
      let sampler = sketch as? any LeftFactorSampler
    {
      return try SketchPreconditioner(
        of: system, sampler: sampler, oversampling: oversampling, key: key, reusing: storage)
    }
    return try SketchPreconditioner(
      of: system, sketcher: sketch, oversampling: oversampling, factorization: factorization,
      key: key, reusing: storage)
  }
}

/// R of a sketched system.
final class SketchPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  /// R, upper triangular, or Rᵀ, lower triangular.
  private var factor: Matrix<Scalar>
  private let triangle: MatrixTriangle
  /// What the next one is sketched into.
  private var sketchedStorage: Matrix<Scalar>?

  init(factor: Matrix<Scalar>, triangle: MatrixTriangle, report: PreparationReport) {
    self.factor = factor
    self.triangle = triangle
    self.report = report
  }

  init<Sketch>(
    of system: DampedSystem<Scalar>, sketcher: Sketch, oversampling: Double,
    factorization: SketchPreconditioning<Sketch>.Factorization, key: RandomKey,
    reusing old: consuming SketchStorage<Scalar>
  ) throws {
    var storage = old
    var fallbacks: [String] = []
    let (triangle, rows, access) = try system.withSketch(
      from: sketcher, oversampling: oversampling, key: key, fallbacks: &fallbacks
    ) { sketch, isRetry, fallbacks in
      let triangle = try Self.factor(
        of: system, sketch, isCholeskyTried: factorization == .automatic && !isRetry,
        smallestReciprocal: Scalar.unitRoundoff * (isRetry ? 1000 : 4), &storage, &fallbacks)
      return (triangle, sketch.rowCount, system.sketchAccess(of: sketch))
    }
    guard let factor = storage.factor.take() else { preconditionFailure("there is a factor") }
    self.factor = factor
    self.triangle = triangle
    sketchedStorage = storage.sketched.take()
    report = PreparationReport(
      access: access, sketchSize: rows,
      factorization: triangle == .lower ? "Cholesky" : "QR",
      costInIterations: system.sketchCostInIterations(of: sketcher, rows: rows),
      fallbacks: fallbacks)
  }

  /// Gives the memory to the next one; this one is of no use any more.
  func recoverStorage() -> SketchStorage<Scalar> {
    let storage = SketchStorage(sketched: sketchedStorage.take(), factor: factor)
    factor = Matrix(rowCount: 0, columnCount: 0)
    return storage
  }

  /// `storage.factor` ← R of [S A; √μ I], by Cholesky of its Gram matrix or by QR.
  private static func factor(
    of system: DampedSystem<Scalar>, _ sketch: any Sketch, isCholeskyTried: Bool,
    smallestReciprocal: Scalar, _ storage: inout SketchStorage<Scalar>,
    _ fallbacks: inout [String]
  ) throws -> MatrixTriangle {
    let order = system.shortCount
    let rows = sketch.rowCount + (system.damping > 0 ? order : 0)
    let height = max(rows, order)
    var sketched = SketchStorage.take(&storage.sketched, rows: height, columns: order)
    try system.apply(sketch, into: &sketched)
    let root = system.damping.squareRoot()
    sketched.withMutableElements { elements in
      elements.withSlice(sketch.rowCount * order..<height * order) { tail in
        Scalar.fill(&tail, with: 0)
        if root > 0 { for i in 0..<order { tail[i * order + i] = root } }
      }
    }
    if isCholeskyTried {
      do {
        try system.ledger.measure(.factorization) {
          try formCholeskyFactor(of: sketched, in: &storage.factor)
        }
        system.ledger.addFactorization()
        storage.sketched = consume sketched
        return .lower
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(
          "the sketched Gram matrix is singular at \(Scalar.typeName) precision: factored the "
            + "sketch by QR")
      }
    }
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver: Matrix<Scalar>? = consume sketched
    let factorization = try system.ledger.measure(.factorization) {
      try OrthogonalFactorization(handedOver.take()!)
    }
    try factorization.requireRegular(
      "the sketched system", smallestReciprocal: smallestReciprocal)
    var factor = SketchStorage.take(&storage.factor, rows: order, columns: order)
    factorization.copyTriangularFactor(into: &factor)
    storage.factor = consume factor
    storage.sketched = factorization.recoverStorage()
    system.ledger.addFactorization()
    return .upper
  }

  private static func formCholeskyFactor(
    of matrix: borrowing Matrix<Scalar>, in storage: inout Matrix<Scalar>?
  ) throws {
    let order = matrix.columnCount
    var gram = SketchStorage.take(&storage, rows: order, columns: order)
    gram.withMutableElements {
      Scalar.addGram(
        of: matrix.storage.span, .transposed, order: order, inner: matrix.rowCount, into: &$0)
    }
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver: Matrix<Scalar>? = consume gram
    storage = try CholeskyFactorization(handedOver.take()!).recoverStorage()
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

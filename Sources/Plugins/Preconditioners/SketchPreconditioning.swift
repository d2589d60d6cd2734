import OptimKit

/// P = RᵀR ≈ N, where R is the triangle of the sketched matrix [S A; √μ I]: the damping enters exactly.
///
/// With s rows for k columns, κ(R⁻ᵀ N R⁻¹) ≈ ((√s + √k)/(√s − √k))², whatever the conditioning of A
/// (arXiv 2006.11648).
///
/// From a sketcher that samples left factors, such as ``NeuronSamplingSketcher``, and a Jacobian with `SampledGram`,
/// RᵀR is had by Cholesky of the sampled Gram matrix without S A; a larger sample is drawn where it is singular.
///
/// Otherwise, where R is singular at working precision, a sketch of twice the size is tried once, by QR; the
/// report tells.
///
/// In single precision S A is rounded to `Float` for its Gram matrix and the Cholesky factor, in half of the
/// time; where that is singular in single precision, it is done as above, and the report tells.
///
/// Where dense rows of the long side stream by, S A is summed in that precision, and only its Gram matrix is whole; it
/// is made again where that is singular.
///
/// Cost: the sketch, and s k² + k³/3 by Cholesky or 2 s k² by QR. Storage: (s + k) k + k² scalars, kept
/// for the next system, and what `DampedSystem` needs to sketch; in single precision (s + k) k scalars and
/// (s + k) k + k² of `Float`. Of rows that stream by k² and, with `DampedSystem`, s k scalars; in single precision as
/// many of `Float`.
public struct SketchPreconditioning<Sketch: Sketcher>: MemoryReusingStrategy {
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
  /// The precision of R; that of the system by default. QR is always in that.
  public var precision: FactorPrecision

  /// Creates the strategy.
  public init(
    _ sketch: Sketch, oversampling: Double = 4, factorization: Factorization = .automatic,
    precision: FactorPrecision = .working
  ) {
    self.sketch = sketch
    self.oversampling = oversampling
    self.factorization = factorization
    self.precision = precision
  }

  /// "sketch".
  public var name: String { "sketch" }

  /// The distribution of the sketch.
  public var sketcher: (any Sketcher)? { sketch }

  /// Throws where the oversampling is below 1.1, or absurd.
  public func validate() throws {
    try validateOversampling(oversampling)
  }

  /// Draws a sketch of about `oversampling` · k rows and factors the sketched system, in the memory of an earlier one.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where R is singular at working precision,
  ///   `missingCapability` where the Jacobian cannot be sketched.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    let storage = (old.take() as? SketchPreconditioner<Scalar>)?.recoverStorage() ?? SketchStorage()
    if factorization == .automatic, system.hasSampledGram,
      let sampler = sketch as? any LeftFactorSampler
    {
      return try SketchPreconditioner(
        of: system, sampler: sampler, oversampling: oversampling, precision: precision, key: key,
        reusing: storage)
    }
    return try SketchPreconditioner(
      of: system, sketcher: sketch, oversampling: oversampling, factorization: factorization,
      precision: precision, key: key, reusing: storage)
  }
}

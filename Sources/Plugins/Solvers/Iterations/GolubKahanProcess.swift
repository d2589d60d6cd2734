import OptimKit

/// ‖N z − r‖, and ‖R⁻ᵀ(N z − r)‖ for the triangle R of a preconditioner, in which all singular directions
/// of the system weigh alike.
struct ResidualNorms<Scalar: RealScalar> {
  var residual: Scalar
  var preconditioned: Scalar

  /// Whether both norms are at most those of `goal`.
  func meets(_ goal: Self) -> Bool {
    residual <= goal.residual && preconditioned <= goal.preconditioned
  }
}

/// Golub and Kahan's bidiagonalization of B = Ā R⁻¹, the preconditioned tall matrix of a system, or of Bᵀ in
/// the dual (1965; in the form of Paige and Saunders 1982):
///
///     β u ← M v − α u,   α v ← Mᵀu − β v,      M = B in the primal, Bᵀ in the dual.
///
/// Of the two vectors one is as long as Ā and one short. With the short one goes its image under Rᵀ, the
/// residual before preconditioning: the true residual is told without a triangular product.
///
/// Cost of a step: a product with J, one with Jᵀ, and with R⁻¹ and R⁻ᵀ. Storage: 2 long and 3 short vectors.
final class GolubKahanProcess<Scalar: RealScalar> {
  let operation: AugmentedOperator<Scalar>
  private let factor: (any FactoredPreconditioner<Scalar>)?
  private let longVector: AlignedBuffer<Scalar>
  private let longProduct: AlignedBuffer<Scalar>
  private let shortVector: AlignedBuffer<Scalar>
  private let shortImage: AlignedBuffer<Scalar>
  private let shortProduct: AlignedBuffer<Scalar>

  /// α and β of the last step.
  private(set) var alpha = Scalar(0)
  private(set) var beta = Scalar(0)

  init(_ system: DampedSystem<Scalar>, factor: (any FactoredPreconditioner<Scalar>)?) {
    operation = AugmentedOperator(system)
    self.factor = factor
    longVector = AlignedBuffer(count: operation.longCount)
    longProduct = AlignedBuffer(count: operation.longCount)
    shortVector = AlignedBuffer(count: operation.shortCount)
    shortImage = AlignedBuffer(count: operation.shortCount)
    shortProduct = AlignedBuffer(count: operation.shortCount)
  }

  /// A process for another system, with the memory of `old` where it fits.
  init(
    _ system: DampedSystem<Scalar>, factor: (any FactoredPreconditioner<Scalar>)?,
    reusing old: GolubKahanProcess
  ) {
    operation = AugmentedOperator(system)
    self.factor = factor
    longVector = old.longVector
    longProduct = old.longProduct
    shortVector = old.shortVector
    shortImage = old.shortImage
    shortProduct = old.shortProduct
  }

  /// Whether `system` has the sizes of this process.
  func fits(_ system: DampedSystem<Scalar>) -> Bool {
    longVector.count == system.augmentedLongCount && shortVector.count == system.shortCount
  }

  /// Whether there is an R other than the identity.
  var isPreconditioned: Bool { factor != nil }

  var isDual: Bool { operation.system.isDual }

  /// v, on whose side solutions are.
  var right: UnsafeMutableBufferPointer<Scalar> {
    isDual ? longVector.memory : shortVector.memory
  }

  /// Rᵀ times the short one of u and v.
  var image: UnsafeMutableBufferPointer<Scalar> { shortImage.memory }

  /// Starts from the residual of `solution`, measured afresh: [b; √μ c] − Ā x in the primal, r − Āᵀw in the
  /// dual; nil stands for zero.
  ///
  /// - Returns: The norms of the residual.
  func load(
    rightHandSide: Span<Scalar>, solution: Span<Scalar>?
  ) throws -> ResidualNorms<Scalar> {
    if isDual {
      var image = shortImage.memory.mutableSpan
      if let solution { try operation.applyTransposed(solution, into: &image) }
      Self.subtract(from: rightHandSide, &image, isZero: solution == nil)
      let residual = Scalar.norm(image.span)
      beta = precondition()
      return ResidualNorms(residual: residual, preconditioned: beta)
    }
    var long = longVector.memory.mutableSpan
    if let solution { try operation.apply(solution, into: &long) }
    Self.subtract(from: rightHandSide, &long, isZero: solution == nil)
    beta = Self.normalize(&long)
    alpha = try stepShort(0)
    return ResidualNorms(
      residual: beta * alpha * Scalar.norm(shortImage.memory.span), preconditioned: beta * alpha)
  }

  /// Completes the first pair of vectors after `load`.
  func begin() throws {
    if isDual { alpha = try stepLong(0) }
  }

  /// The next β, u, α, v.
  func advance() throws {
    beta = try isDual ? stepShort(alpha) : stepLong(alpha)
    alpha = try isDual ? stepLong(beta) : stepShort(beta)
    guard alpha.isFinite, beta.isFinite else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
        remedy: "check the model's derivatives at this point")
    }
  }

  /// x ← R⁻¹x, back from the unknowns of B in the primal; nothing in the dual.
  func recover(_ x: inout MutableSpan<Scalar>) {
    if !isDual { factor?.applyInverseFactor(in: &x) }
  }

  /// long ← Ā R⁻¹ short − c · long, normalized; its norm.
  private func stepLong(_ c: Scalar) throws -> Scalar {
    var long = longVector.memory.mutableSpan
    var product = longProduct.memory.mutableSpan
    if let factor {
      var y = shortProduct.memory.mutableSpan
      Scalar.copy(shortVector.memory.span, into: &y)
      factor.applyInverseFactor(in: &y)
      try operation.apply(y.span, into: &product)
    } else {
      try operation.apply(shortVector.memory.span, into: &product)
    }
    Self.replace(&long, by: product.span, minus: c)
    return Self.normalize(&long)
  }

  /// short ← R⁻ᵀĀᵀ long − c · short, normalized; its norm.
  private func stepShort(_ c: Scalar) throws -> Scalar {
    var image = shortImage.memory.mutableSpan
    var product = shortProduct.memory.mutableSpan
    try operation.applyTransposed(longVector.memory.span, into: &product)
    Self.replace(&image, by: product.span, minus: c)
    return precondition()
  }

  /// short ← R⁻ᵀ image, both divided by the norm of that; the norm.
  private func precondition() -> Scalar {
    var image = shortImage.memory.mutableSpan
    var short = shortVector.memory.mutableSpan
    Scalar.copy(image.span, into: &short)
    factor?.applyInverseTransposedFactor(in: &short)
    let norm = Self.normalize(&short)
    if norm > 0 { Scalar.scale(&image, by: 1 / norm) }
    return norm
  }

  private static func normalize(_ x: inout MutableSpan<Scalar>) -> Scalar {
    let norm = Scalar.norm(x.span)
    if norm > 0 { Scalar.scale(&x, by: 1 / norm) }
    return norm
  }

  /// x ← y − c x; an x that is not used may hold anything.
  private static func replace(_ x: inout MutableSpan<Scalar>, by y: Span<Scalar>, minus c: Scalar) {
    if c == 0 { Scalar.copy(y, into: &x) } else { Scalar.combine(1, y, plus: -c, into: &x) }
  }

  /// x ← y − x, or y.
  private static func subtract(
    from y: Span<Scalar>, _ x: inout MutableSpan<Scalar>, isZero: Bool
  ) {
    if isZero { Scalar.copy(y, into: &x) } else { Scalar.combine(1, y, plus: -1, into: &x) }
  }
}

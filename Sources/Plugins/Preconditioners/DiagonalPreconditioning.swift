import OptimKit

/// P = diag(N): rows of different lengths become alike.
///
/// κ(P⁻¹N) is at most k times that of the best diagonal scaling, for k = min(n, p) (van der Sluis 1969); a
/// cure for bad scaling and for nothing else.
///
/// Cost: one pass over the rows of J, or less where the Jacobian offers `GramColumns`; with products alone k
/// products, more than plain conjugate gradients are likely to need. Storage: 2 short-side vectors.
public struct DiagonalPreconditioning: PreconditionerStrategy {
  /// Creates the strategy.
  public init() {}

  /// "diagonal".
  public var name: String { "diagonal" }

  /// Accepts everything: there are no options.
  public func validate() throws {}

  /// Computes the diagonal of N.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where an element is zero, `nonFiniteValue` where it is
  ///   not finite.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    try DiagonalPreconditioner(of: system)
  }
}

extension PreconditionerStrategy where Self == DiagonalPreconditioning {
  /// The diagonal of N.
  public static var diagonal: Self { Self() }
}

private final class DiagonalPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  private let inverse: [Scalar]
  private let inverseRoot: [Scalar]

  init(of system: DampedSystem<Scalar>) throws {
    var diagonal = Scalar.zeros(system.shortCount)
    var span = diagonal.mutableSpan
    try system.copyUndampedDiagonal(into: &span)
    diagonal = diagonal.map { $0 + system.damping }
    if let index = diagonal.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw OptimKitError(
        diagonal[index] == 0 ? .singularSystem : .nonFiniteValue,
        cause: "diagonal element \(index) of a linear system is \(diagonal[index])",
        remedy: "use a positive damping or ridge, remove all-zero rows of the data, or check what "
          + "the model returns at this point")
    }
    inverse = diagonal.map { 1 / $0 }
    inverseRoot = diagonal.map { 1 / $0.squareRoot() }
    report = PreparationReport(access: "diagonal from \(system.diagonalAccess)")
  }

  /// r ← P⁻¹ r.
  func applyInverse(in r: inout MutableSpan<Scalar>) {
    let inverse = inverse
    Scalar.multiply(inverse.span, into: &r)
  }

  /// r ← R⁻¹ r with the root R of P.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    let inverseRoot = inverseRoot
    Scalar.multiply(inverseRoot.span, into: &r)
  }

  /// r ← R⁻ᵀ r = R⁻¹ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    applyInverseFactor(in: &r)
  }
}

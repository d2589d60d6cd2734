import OptimKit

/// P = LLᵀ = N, the Cholesky factorization of the short-side matrix itself: exact for the system that it is
/// made from, and a preconditioner for the systems of later steps, which differ little.
///
/// In single precision the factor of N rounded to `Float` takes half the time and half the storage; the
/// iteration in double precision repairs it, a few more iterations each. Where N is singular in single
/// precision, it is factored in double precision, and the report tells.
///
/// Cost: that of N, and k³/3 for the factor, k = min(n, p). Storage: k² scalars, and k² of `Float` in single
/// precision.
public struct CholeskyPreconditioning: MemoryReusingStrategy {
  /// The precision of the factor; that of the system by default.
  public var precision: FactorPrecision

  /// Creates the strategy.
  public init(precision: FactorPrecision = .working) { self.precision = precision }

  /// "cholesky".
  public var name: String { "cholesky" }

  /// Accepts everything.
  public func validate() throws {}

  /// Forms N and factors it, in the memory of an earlier one.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where N is singular at working precision,
  ///   `missingCapability` where the Jacobian offers products only.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    try CholeskyPreconditioner(
      of: system, precision: precision, reusing: old.take() as? CholeskyPreconditioner<Scalar>)
  }
}

extension PreconditionerStrategy where Self == CholeskyPreconditioning {
  /// The Cholesky factorization of the short-side matrix itself.
  public static func cholesky(precision: FactorPrecision = .working) -> Self {
    Self(precision: precision)
  }
}

/// The factor of N, in one precision or the other.
final class CholeskyPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport
  private var factor: CholeskyFactorization<Scalar>?
  private var singleFactor: SinglePrecisionFactor<Scalar>?
  /// Where N stood before it was rounded, for the next one.
  private var normalStorage: Matrix<Scalar>?

  /// The largest ratio of a diagonal element of N to its pivot, an estimate of κ(N) from below.
  private let pivotRatio: Scalar

  /// A direct solve leaves a residual of a few roundoffs of the factor times κ(N): 1000 is the margin.
  func isAccurate(to relativeResidual: Scalar) -> Bool {
    let roundoff = factor != nil ? Scalar.unitRoundoff : Scalar(Float.unitRoundoff)
    return 1000 * roundoff * pivotRatio <= relativeResidual
  }

  var isInSinglePrecision: Bool { singleFactor != nil }

  init(
    of system: DampedSystem<Scalar>, precision: FactorPrecision,
    reusing old: CholeskyPreconditioner?
  ) throws {
    // Matrices are handed over, not shared: a shared one would be copied.
    var memory = old?.normalStorage.take() ?? old?.factor.take()?.recoverStorage()
    var normal: Matrix<Scalar>? = try system.normalMatrix(reusing: memory.take())
    var report = PreparationReport(
      access: system.normalMatrixAccess, factorization: "Cholesky",
      costInIterations: system.choleskyCostInIterations)
    if precision == .single, Scalar.self != Float.self {
      do {
        let factor = try SinglePrecisionFactor(
          rounding: normal!, reusing: old?.singleFactor.take()?.recoverStorage(),
          ledger: system.ledger)
        normalStorage = normal.take()
        pivotRatio = factor.pivotRatio
        singleFactor = factor
        report.factorization = "Cholesky in single precision"
        self.report = report
        return
      } catch let error as OptimKitError where error.kind == .singularSystem {
        report.fallbacks.append(
          "the short-side matrix is singular in single precision: factored it in "
            + "\(Scalar.typeName) precision")
      }
    }
    let factor = try system.ledger.measureInterruptibly(.factorization) {
      try CholeskyFactorization(normal.take()!)
    }
    pivotRatio = factor.pivotRatio
    self.factor = factor
    self.report = report
    system.ledger.addFactorization()
  }

  /// r ← N⁻¹r.
  func applyInverse(in r: inout MutableSpan<Scalar>) {
    factor?.solve(in: &r)
    singleFactor?.solve(in: &r)
  }

  /// r ← L⁻ᵀr.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    factor?.solveTransposedLower(in: &r)
    singleFactor?.solveTransposedLower(in: &r)
  }

  /// r ← L⁻¹r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    factor?.solveLower(in: &r)
    singleFactor?.solveLower(in: &r)
  }
}

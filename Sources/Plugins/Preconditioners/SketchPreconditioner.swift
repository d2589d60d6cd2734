import OptimKit

/// R of a sketched system.
final class SketchPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  /// What S A and R are held in; one of its factors is R, upper triangular, or Rᵀ, lower triangular.
  private var storage: SketchStorage<Scalar>
  private let form: Form

  /// Which of the factors is R.
  enum Form {
    /// R of QR.
    case upper
    /// Rᵀ of Cholesky.
    case lower
    /// Rᵀ of Cholesky in single precision.
    case single

    /// The name in reports.
    var factorization: String {
      switch self {
      case .upper: "QR"
      case .lower: "Cholesky"
      case .single: "Cholesky in single precision"
      }
    }
  }

  init(_ storage: SketchStorage<Scalar>, form: Form, report: PreparationReport) {
    self.storage = storage
    self.form = form
    self.report = report
  }

  init<Sketch>(
    of system: DampedSystem<Scalar>, sketcher: Sketch, oversampling: Double,
    factorization: SketchPreconditioning<Sketch>.Factorization, precision: FactorPrecision,
    key: RandomKey, reusing old: consuming SketchStorage<Scalar>
  ) throws {
    var storage = old
    var fallbacks: [String] = []
    let (form, rows, access) = try system.withSketch(
      from: sketcher, oversampling: oversampling, key: key, fallbacks: &fallbacks
    ) { sketch, isRetry, fallbacks in
      let isCholeskyTried = factorization == .automatic && !isRetry
      let form = try storage.factor(
        system, sketch, precision: isCholeskyTried ? precision : nil,
        smallestReciprocal: Scalar.unitRoundoff * (isRetry ? 1000 : 4), &fallbacks)
      return (form, sketch.rowCount, system.sketchAccess(of: sketch))
    }
    self.storage = storage
    self.form = form
    report = PreparationReport(
      access: access, sketchSize: rows, factorization: form.factorization,
      costInIterations: system.sketchCostInIterations(of: sketcher, rows: rows),
      fallbacks: fallbacks)
  }

  /// Gives the memory to the next one; this one is of no use any more.
  func recoverStorage() -> SketchStorage<Scalar> {
    let recovered = storage
    storage = SketchStorage()
    return recovered
  }

  /// r ← R⁻¹ r.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    guard form != .single else {
      storage.single?.solveTransposedLower(in: &r)
      return
    }
    solve(form == .upper ? .plain : .transposed, in: &r)
  }

  /// r ← R⁻ᵀ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    guard form != .single else {
      storage.single?.solveLower(in: &r)
      return
    }
    solve(form == .upper ? .transposed : .plain, in: &r)
  }

  private func solve(_ operand: MatrixOperand, in r: inout MutableSpan<Scalar>) {
    guard let factor = storage.factor else { return }
    Scalar.solveTriangular(
      factor.storage.span, order: factor.rowCount, triangle: form == .upper ? .upper : .lower,
      operand, in: &r)
  }
}

import OptimKit

/// The memory of a sketched system and of its factor.
///
/// Where rows stream by, only the Gram matrix of the sketch is ever whole, unless it is singular.
struct SketchStorage<Scalar: RealScalar> {
  /// [S A; √μ I], to be factored.
  var sketched: Matrix<Scalar>?
  /// R or Rᵀ.
  var factor: Matrix<Scalar>?
  /// [S A; √μ I] in single precision.
  var roundedSketch: Matrix<Float>?
  /// Rᵀ in single precision.
  var single: SinglePrecisionFactor<Scalar>?

  /// Takes a matrix out, of the shape wanted; it may hold anything.
  static func take<T>(_ matrix: inout Matrix<T>?, rows: Int, columns: Int) -> Matrix<T> {
    if let fitting = matrix.take(), fitting.rowCount == rows, fitting.columnCount == columns {
      return fitting
    }
    return Matrix(rowCount: rows, columnCount: columns)
  }
}

extension SketchStorage {
  /// R of [S A; √μ I], by Cholesky of its Gram matrix or by QR.
  ///
  /// - Parameters:
  ///   - precision: That of Cholesky; nil for QR.
  ///   - smallestReciprocal: The least 1/κ₁(R) that QR accepts.
  ///   - fallbacks: What did not work, in words.
  mutating func factor(
    _ system: DampedSystem<Scalar>, _ sketch: any Sketch, precision: FactorPrecision?,
    smallestReciprocal: Scalar, _ fallbacks: inout [String]
  ) throws -> SketchPreconditioner<Scalar>.Form {
    let order = system.shortCount
    let isStreamed = precision != nil && system.streamsRows
    if isStreamed, let form = try factorStreamed(system, sketch, precision, &fallbacks) {
      return form
    }
    let rows = sketch.rowCount + (system.damping > 0 ? order : 0)
    let height = max(rows, order)
    var matrix = Self.take(&sketched, rows: height, columns: order)
    try system.apply(sketch, into: &matrix)
    let root = system.damping.squareRoot()
    matrix.withMutableElements { elements in
      elements.withSlice(sketch.rowCount * order..<height * order) { tail in
        Scalar.fill(&tail, with: 0)
        if root > 0 { for i in 0..<order { tail[i * order + i] = root } }
      }
    }
    sketched = consume matrix
    if !isStreamed, precision == .single, Scalar.self != Float.self {
      do {
        try factorInSinglePrecision(system.ledger)
        return .single
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(Self.singularInSinglePrecision)
      }
    }
    if !isStreamed, precision != nil {
      do {
        try factorByCholesky(system.ledger)
        return .lower
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(Self.singular)
      }
    }
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver = sketched.take()
    let factorization = try system.ledger.measureInterruptibly(.factorization) {
      try OrthogonalFactorization(handedOver.take()!)
    }
    try factorization.requireRegular(
      "the sketched system", smallestReciprocal: smallestReciprocal)
    var triangle = Self.take(&factor, rows: order, columns: order)
    factorization.copyTriangularFactor(into: &triangle)
    factor = consume triangle
    sketched = factorization.recoverStorage()
    system.ledger.addFactorization()
    return .upper
  }

  private static var singularInSinglePrecision: String {
    "the sketched Gram matrix is singular in single precision: factored it in "
      + "\(Scalar.typeName) precision"
  }

  private static var singular: String {
    "the sketched Gram matrix is singular at \(Scalar.typeName) precision: factored the sketch by QR"
  }

  /// R by Cholesky of a Gram matrix whose sketch is never whole; nil where it is singular at working precision.
  private mutating func factorStreamed(
    _ system: DampedSystem<Scalar>, _ sketch: any Sketch, _ precision: FactorPrecision?,
    _ fallbacks: inout [String]
  ) throws -> SketchPreconditioner<Scalar>.Form? {
    if precision == .single, Scalar.self != Float.self {
      do {
        var memory = single?.recoverStorage()
        single = nil
        let (gram, scale) = try Self.streamedGram(of: system, sketch, in: &memory)
        single = try SinglePrecisionFactor(gram, scale: scale * scale, ledger: system.ledger)
        return .single
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(Self.singularInSinglePrecision)
      }
    }
    do {
      var gram: Matrix<Scalar>? = try Self.streamedGram(of: system, sketch, in: &factor).gram
      factor = try system.ledger.measureInterruptibly(.factorization) {
        try CholeskyFactorization(gram.take()!).recoverStorage()
      }
      system.ledger.addFactorization()
      return .lower
    } catch let error as OptimKitError where error.kind == .singularSystem {
      fallbacks.append(Self.singular)
      return nil
    }
  }

  /// The lower triangle of c² ((S A)ᵀ S A + μ I), and c.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where the range of `Float` is too small for it.
  private static func streamedGram<T: RealScalar>(
    of system: DampedSystem<Scalar>, _ sketch: any Sketch, in storage: inout Matrix<T>?
  ) throws -> (gram: Matrix<T>, scale: Scalar) {
    let order = system.shortCount
    var gram = take(&storage, rows: order, columns: order)
    let scale = try system.formSketchedGram(of: sketch, into: &gram)
    let damping = T(scale * scale * system.damping)
    for i in 0..<order {
      gram[i, i] += damping
      guard gram[i, i].isFinite || T.self == Scalar.self else {
        throw OptimKitError(
          .singularSystem, cause: "rows of the system differ by more than single precision holds",
          remedy: "use the precision of the system")
      }
    }
    return (gram, scale)
  }

  /// `factor` ← Rᵀ, the Cholesky factor of the Gram matrix of `sketched`.
  private mutating func factorByCholesky(_ ledger: RunLedger) throws {
    factor = try ledger.measureInterruptibly(.factorization) {
      // Handed over, not shared: a shared matrix would be copied.
      var gram: Matrix<Scalar>? = Self.gram(of: sketched!, in: &factor)
      return try CholeskyFactorization(gram.take()!).recoverStorage()
    }
    ledger.addFactorization()
  }

  /// `single` ← the same of `sketched` divided by its largest element and rounded.
  private mutating func factorInSinglePrecision(_ ledger: RunLedger) throws {
    var memory = single?.recoverStorage()
    single = nil
    let (rows, order) = (sketched!.rowCount, sketched!.columnCount)
    var rounded = Self.take(&roundedSketch, rows: rows, columns: order)
    let largest = Scalar.largestMagnitude(in: sketched!.storage.span)
    let factor = largest > 0 ? 1 / largest : 1
    ledger.measure(.factorization) {
      rounded.withMutableElements {
        Scalar.roundToSinglePrecision(sketched!.storage.span, scaledBy: factor, into: &$0)
      }
    }
    roundedSketch = consume rounded
    let gram = try ledger.measureInterruptibly(.factorization) {
      Self.gram(of: roundedSketch!, in: &memory)
    }
    single = try SinglePrecisionFactor(gram, scale: factor * factor, ledger: ledger)
  }

  /// The lower triangle of BᵀB, in the memory of `storage` where that has the size.
  private static func gram<T>(
    of matrix: borrowing Matrix<T>, in storage: inout Matrix<T>?
  ) -> Matrix<T> {
    let order = matrix.columnCount
    var gram = take(&storage, rows: order, columns: order)
    gram.withMutableElements {
      T.addGram(
        of: matrix.storage.span, .transposed, order: order, inner: matrix.rowCount, into: &$0)
    }
    return gram
  }
}

import OptimKit

extension SketchPreconditioner {
  /// R of the Gram matrix of sampled left factors, S A never formed.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where even all factors give a singular matrix.
  convenience init(
    of system: DampedSystem<Scalar>, sampler: any LeftFactorSampler, oversampling: Double,
    precision: FactorPrecision, key: RandomKey, reusing old: consuming SketchStorage<Scalar>
  ) throws {
    var storage = old
    let rows = try system.sketchSize(oversampling: oversampling)
    let order = system.shortCount
    let rightCount = try system.rightFactorCount
    var fallbacks: [String] = []
    var attempt = 0
    while true {
      let sample = try system.sampleLeftElements(
        from: sampler, attempt: attempt, rows: rows, key: key)
      let isAll = sample.count * rightCount >= system.wholeLongCount
      var gram = SketchStorage<Scalar>.take(&storage.factor, rows: order, columns: order)
      try system.formNormalMatrix(of: sample, into: &gram)
      do {
        let form = try storage.factor(gram, precision: precision, ledger: system.ledger, &fallbacks)
        let report = PreparationReport(
          access: "Gram matrix of \(sample.count) sampled left factors",
          sketchSize: sample.count * rightCount, factorization: form.factorization,
          costInIterations: system.sampledGramCostInIterations(sampleCount: sample.count),
          fallbacks: fallbacks)
        self.init(storage, form: form, report: report)
        return
      } catch let error as OptimKitError where error.kind == .singularSystem && !isAll {
        fallbacks.append(
          "the Gram matrix of \(sample.count) left factors is singular at \(Scalar.typeName) "
            + "precision: drew twice as many")
        attempt += 1
      }
    }
  }
}

extension SketchStorage {
  /// Rᵀ of a Gram matrix RᵀR, by Cholesky.
  fileprivate mutating func factor(
    _ gram: consuming Matrix<Scalar>, precision: FactorPrecision, ledger: RunLedger,
    _ fallbacks: inout [String]
  ) throws -> SketchPreconditioner<Scalar>.Form {
    // Handed over, not shared: a shared matrix would be copied.
    var handedOver: Matrix<Scalar>? = consume gram
    if precision == .single, Scalar.self != Float.self {
      let memory = single?.recoverStorage()
      single = nil
      do {
        single = try SinglePrecisionFactor(rounding: handedOver!, reusing: memory, ledger: ledger)
        factor = handedOver.take()
        return .single
      } catch let error as OptimKitError where error.kind == .singularSystem {
        fallbacks.append(
          "the sampled Gram matrix is singular in single precision: factored it in "
            + "\(Scalar.typeName) precision")
      }
    }
    factor = try ledger.measureInterruptibly(.factorization) {
      try CholeskyFactorization(handedOver.take()!).recoverStorage()
    }
    ledger.addFactorization()
    return .lower
  }
}

import OptimKit

extension SketchPreconditioner {
  /// R of the Gram matrix of sampled left factors, S A never formed.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where even all factors give a singular matrix.
  convenience init(
    of system: DampedSystem<Scalar>, sampler: any LeftFactorSampler, oversampling: Double,
    key: RandomKey, reusing old: consuming SketchStorage<Scalar>
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
      let isAll = sample.count * rightCount >= system.longCount
      var gram = SketchStorage.take(&storage.factor, rows: order, columns: order)
      try system.formNormalMatrix(of: sample, into: &gram)
      // Handed over, not shared: a shared matrix would be copied.
      var handedOver: Matrix<Scalar>? = consume gram
      do {
        let factor = try system.ledger.measure(.factorization) {
          try CholeskyFactorization(handedOver.take()!).recoverStorage()
        }
        system.ledger.addFactorization()
        let report = PreparationReport(
          access: "Gram matrix of \(sample.count) sampled left factors",
          sketchSize: sample.count * rightCount, factorization: "Cholesky",
          costInIterations: system.sampledGramCostInIterations(sampleCount: sample.count),
          fallbacks: fallbacks)
        self.init(factor: factor, triangle: .lower, report: report)
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

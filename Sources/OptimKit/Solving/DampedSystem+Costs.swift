extension DampedSystem {
  /// About what a factored sketch of `rows` rows costs, in iterations of one product with N each, from counts
  /// of operations.
  ///
  /// Measured on 2 cores: a sketch of streamed rows takes as long as about 2 iterations, one of Khatri-Rao
  /// rows 16, because their products never form a row; an iteration takes as long as 80 and as 1.5
  /// operations of a factorization for each element of J, in turn. Sparse rows are taken to be like streamed
  /// ones, of which only the stored elements count, twice as slow to sketch.
  public func sketchCostInIterations(rows: Int) -> Double {
    let order = Double(shortCount)
    let operations = Double(rows) * order * order + order * order * order / 3
    let elements = order * Double(longCount)
    if isDual, khatriRaoRows != nil { return 16 + operations / (1.5 * elements) }
    if let stored = try? sparseRows?.rowOffsets().last, stored > 0 {
      return 4 + operations / (80 * Double(stored))
    }
    return 2 + operations / (80 * elements)
  }

  /// About what a factored Gram matrix of `sampleCount` left factors costs, in iterations: the exact Gram matrix
  /// of activation bits takes as long as one for 78 residuals a feature.
  public func sampledGramCostInIterations(sampleCount: Int) -> Double {
    let order = Double(shortCount)
    let elements = order * Double(longCount)
    return order * Double(sampleCount) / (78 * Double(longCount))
      + order * order * order / 3 / (1.5 * elements)
  }

  /// About what a partial Cholesky factorization costs, in iterations: `columns` columns of the Gram matrix and
  /// dense work of rank `rank`.
  ///
  /// A column of a structured Gram matrix takes about 1/200 of an iteration, others one.
  public func partialCholeskyCostInIterations(columns: Int, rank: Int) -> Double {
    let dense = 6 * Double(rank) * Double(rank) / (80 * Double(longCount))
    return (isDual && gramColumns != nil ? Double(columns) / 200 : Double(columns)) + dense
  }
}

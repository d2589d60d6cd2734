extension DampedSystem {
  /// About what a factored sketch of `rows` rows costs, in iterations of one product with N each, from counts
  /// of operations.
  ///
  /// Measured on 2 cores: a sketch of streamed rows takes as long as about 2 iterations, one of Khatri-Rao
  /// rows 16, because their products never form a row; an iteration takes as long as 80 and as 1.5
  /// operations of a factorization for each element of J, in turn.
  public func sketchCostInIterations(rows: Int) -> Double {
    let order = Double(shortCount)
    let operations = Double(rows) * order * order + order * order * order / 3
    let elements = order * Double(longCount)
    let isImplicit = isDual && khatriRaoRows != nil
    return isImplicit ? 16 + operations / (1.5 * elements) : 2 + operations / (80 * elements)
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

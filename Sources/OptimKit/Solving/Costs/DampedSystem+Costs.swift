/// What operations of a system cost, from counts of operations.
extension DampedSystem {
  /// The work of one product with T or Tᵀ.
  public var productWork: Work {
    if let product = statedWork.product { return product }
    // A column number of 4 bytes stands beside each stored element of sparse rows.
    if let storedCount = statedWork.storedCount {
      return Work(streamedBytes: storedCount * (scalarBytes + 4))
    }
    return .reading(bytes: elementCount * scalarBytes, operations: 2 * elementCount)
  }

  /// The work of one product with N.
  public var normalProductWork: Work {
    if isDual, gramComputing != nil, let gram = statedWork.gramProduct { return gram }
    if !isDual, let normal = statedWork.normalProduct { return normal }
    return 2 * productWork
  }

  /// The work of forming N; nil where the Jacobian offers products only.
  public var normalMatrixWork: Work? {
    if isDual, gramComputing != nil, let gram = statedWork.gram { return gram }
    if !isDual, let normal = statedWork.normalMatrix { return normal }
    if let storedCount = statedWork.storedCount {
      // Every stored element meets those of its row in the primal, of its column in the dual.
      let pairs = storedCount * storedCount / Double(statedWork.longCount)
      return productWork + Work(scalarOperations: pairs)
    }
    guard rowAccessible != nil || (isDual && gramComputing != nil) else { return nil }
    // Half of a matrix product: the triangle. In the dual, tiles are whole products.
    let operations = (isDual ? 1.2 : 1.0) * elementCount * Double(shortCount)
    return Double(statedWork.rowCount) * rowWork + Work(matrixOperations: operations)
  }

  /// The work of writing out all rows of T; nil where the Jacobian offers products only.
  public var rowsWork: Work? { rowAccessible.map { _ in Double(statedWork.rowCount) * rowWork } }

  /// The work of drawing a sketch of `rows` rows and applying it; nil where the Jacobian offers products
  /// only.
  public func sketchWork(of sketcher: any Sketcher, rows: Int) -> Work? {
    if isDual, let khatriRaoRows {
      let right = khatriRaoRows.rightFactorCount
      let left = statedWork.columnCount / right
      if let sketcher = sketcher as? any KhatriRaoSketcher {
        // Left factors are written out element by element.
        return sketcher.work(rows: rows, leftCount: left, rightCount: right, vectors: shortCount)
          + Work(scalarOperations: Double(left + right) * Double(shortCount))
      }
      // Rows are made from their factors, block by block in cache.
      return sketcher.work(rows: rows, columns: statedWork.longCount, vectors: shortCount)
        + Work(vectorOperations: elementCount)
    }
    guard rowAccessible != nil else { return nil }
    if let storedCount = statedWork.storedCount {
      // Of a sparse sketch, that of the stored elements one by one; SRHT writes rows out, but in cache.
      let share = storedCount / elementCount
      let dense = sketcher.work(rows: rows, columns: statedWork.longCount, vectors: shortCount)
      return min(1, 8 * share) * dense + productWork
    }
    return sketcher.work(rows: rows, columns: statedWork.longCount, vectors: shortCount)
      + Double(statedWork.rowCount) * rowWork
      + Work(streamedBytes: 2 * elementCount * scalarBytes)
  }

  /// The work of the Gram matrix of `sampleCount` sampled left factors; nil where the Jacobian does not offer it.
  public func sampledGramWork(sampleCount: Int) -> Work? {
    guard hasSampledGram, let khatriRaoRows, let gram = statedWork.gram else { return nil }
    return Double(sampleCount) / Double(wholeLongCount / khatriRaoRows.rightFactorCount) * gram
  }

  /// The seconds that `work` takes at `rates`.
  public func seconds(for work: Work, at rates: MachineRates) -> Double {
    rates.seconds(for: work, in: Scalar.self)
  }

  /// About what a factored sketch of `rows` rows costs, in iterations of one product with N each, at the
  /// reference rates.
  public func sketchCostInIterations(of sketcher: any Sketcher, rows: Int) -> Double {
    let rates = MachineRates.reference
    let gram = Work(matrixOperations: Double(rows) * Double(shortCount) * Double(shortCount))
    let work =
      (sketchWork(of: sketcher, rows: rows) ?? .none) + gram + rates.choleskyWork(order: shortCount)
    return costInIterations(of: work, at: rates)
  }

  /// About what a factored Gram matrix of `sampleCount` left factors costs, in iterations.
  public func sampledGramCostInIterations(sampleCount: Int) -> Double {
    let rates = MachineRates.reference
    let work =
      (sampledGramWork(sampleCount: sampleCount) ?? .none) + rates.choleskyWork(order: shortCount)
    return costInIterations(of: work, at: rates)
  }

  /// About what N and its Cholesky factor cost, in iterations; nil where N cannot be formed.
  public var choleskyCostInIterations: Double? {
    let rates = MachineRates.reference
    return normalMatrixWork.map {
      costInIterations(of: $0 + rates.choleskyWork(order: shortCount), at: rates)
    }
  }

  /// About what the normal matrix of a sample of `count` rows and its Cholesky factor cost, in iterations; nil where N
  /// cannot be formed.
  package func choleskyCostInIterations(ofRows count: Int) -> Double? {
    let rates = MachineRates.reference
    return normalMatrixWork.map {
      costInIterations(
        of: Double(count) / Double(max(statedWork.rowCount, 1)) * $0
          + rates.choleskyWork(order: shortCount),
        at: rates)
    }
  }

  /// About what a partial Cholesky factorization costs, in iterations: `columns` columns of the Gram matrix and
  /// dense work of rank `rank`.
  public func partialCholeskyCostInIterations(columns: Int, rank: Int) -> Double {
    costInIterations(of: partialCholeskyWork(columns: columns, rank: rank), at: .reference)
  }

  /// The work of a partial Cholesky factorization and its eigenpairs: `columns` columns of the Gram matrix and
  /// dense work of rank `rank`.
  ///
  /// A column of a structured Gram matrix takes as long as its share of the whole; others a product with N.
  public func partialCholeskyWork(columns: Int, rank: Int) -> Work {
    let (order, rank) = (Double(shortCount), Double(rank))
    // Eigenvalues run at a fraction of the speed of products.
    let dense = Work(matrixOperations: 8 * order * rank * rank + 50 * rank * rank * rank)
    guard hasStructuredGramColumns, let gram = statedWork.gram else {
      return Double(columns) * normalProductWork + dense
    }
    // The Gram matrix is half computed, by symmetry; columns are whole.
    return 2 * Double(columns) / order * gram + dense
  }

  /// Whether columns of N come from the structure of the Jacobian, for less than a product each.
  public var hasStructuredGramColumns: Bool { isDual && gramColumns != nil }

  private func costInIterations(of work: Work, at rates: MachineRates) -> Double {
    seconds(for: work, at: rates) / seconds(for: normalProductWork, at: rates)
  }

  private var rowWork: Work {
    if let row = statedWork.row { return row }
    return Work(streamedBytes: 2 * Double(statedWork.columnCount) * scalarBytes)
  }

  private var elementCount: Double {
    Double(statedWork.rowCount) * Double(statedWork.columnCount)
  }

  private var scalarBytes: Double { Double(MemoryLayout<Scalar>.size) }
}

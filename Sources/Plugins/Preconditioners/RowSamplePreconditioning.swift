import OptimKit

/// P = LLᵀ = (n/s) Σ tᵢtᵢᵀ + μI over a sample of s of the n rows of T, each as likely as any other: the Hessian of a
/// sample of the data. Where outputs of a sample interact, all its rows are drawn together.
///
/// Rows that are alike, such as those of samples of one distribution, make κ(P⁻¹N) about
/// ((√s + √p) / (√s − √p))²; of rows with directions of their own it is blind to those it misses.
///
/// Cost: s p² + p³/3. Storage: p² scalars, and a block of rows of up to 2²¹ in the scratch of the system.
struct RowSamplePreconditioning: MemoryReusingStrategy {
  /// s / p.
  var rowsPerColumn: Double

  /// "row-sample".
  var name: String { "row-sample" }

  /// Throws where there would be fewer rows than columns.
  func validate() throws {
    guard rowsPerColumn >= 1, rowsPerColumn.isFinite else {
      throw OptimKitError(
        .invalidArgument, cause: "\(rowsPerColumn) rows per column are sampled",
        remedy: "choose a number of at least 1")
    }
  }

  /// Sums up a sample and factors it, in the memory of an earlier one.
  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    try RowSamplePreconditioner(
      of: system, rowsPerColumn: rowsPerColumn, key: key,
      reusing: (old.take() as? RowSamplePreconditioner<Scalar>)?.recoverStorage())
  }
}

/// The factor of a sampled normal matrix.
final class RowSamplePreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport
  private var factor: CholeskyFactorization<Scalar>?

  init(
    of system: DampedSystem<Scalar>, rowsPerColumn: Double, key: RandomKey,
    reusing storage: consuming Matrix<Scalar>?
  ) throws {
    let groups = system.rowCount / system.rowsPerSample
    let wanted = rowsPerColumn * Double(system.columnCount) / Double(system.rowsPerSample)
    let count = max(1, min(groups, Int(min(wanted.rounded(.up), 1e9))))
    var stream = key.stream()
    let sample = stream.sampleWithoutReplacement(count: count, from: groups).sorted()
    var memory = storage.take()
    if memory?.rowCount != system.columnCount {
      memory = Matrix(rowCount: system.columnCount, columnCount: system.columnCount)
    }
    try system.formSampledNormalMatrix(sample, into: &memory!)
    factor = try system.ledger.measureInterruptibly(.factorization) {
      try CholeskyFactorization(memory.take()!)
    }
    system.ledger.addFactorization()
    report = PreparationReport(
      access: "normal matrix of sampled rows", sketchSize: count * system.rowsPerSample,
      factorization: "Cholesky",
      costInIterations: system.choleskyCostInIterations(ofRows: count * system.rowsPerSample))
  }

  /// Gives the memory to the next one; this one is of no use any more.
  func recoverStorage() -> Matrix<Scalar>? { factor.take()?.recoverStorage() }

  /// r ← L⁻ᵀr.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) { factor?.solveTransposedLower(in: &r) }

  /// r ← L⁻¹r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    factor?.solveLower(in: &r)
  }
}

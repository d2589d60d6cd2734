import OptimKit

/// P = the blocks of N on its diagonal: what neighbours along the short side have in common.
///
/// κ(P⁻¹N) is at most the number of blocks times that of the best block-diagonal scaling (Demmel 1983). Good
/// where neighbours belong together, such as the outputs of one sample or nearly equal samples in a row.
///
/// Cost: O(n p b) from rows for blocks of order b, or that of a structured Gram matrix, and k b² / 3 to factor,
/// k = min(n, p). Storage: k b scalars, and b rows of J while preparing in the dual.
public struct BlockJacobiPreconditioning: PreconditionerStrategy {
  /// The order of each block, at least 1; the last may be smaller. 64 by default.
  public var blockSize: Int

  /// Creates the strategy.
  public init(blockSize: Int = 64) { self.blockSize = blockSize }

  /// "block-jacobi".
  public var name: String { "block-jacobi" }

  /// Throws where the block size is not positive.
  public func validate() throws {
    guard blockSize > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the block size is \(blockSize)", remedy: "choose at least 1")
    }
  }

  /// Forms and factors the blocks.
  ///
  /// - Throws: `OptimKitError` of kind `singularSystem` where a block is singular at working precision,
  ///   `missingCapability` where the Jacobian offers products only.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    try BlockJacobiPreconditioner(of: system, blockSize: blockSize)
  }
}

extension PreconditionerStrategy where Self == BlockJacobiPreconditioning {
  /// The blocks of N on its diagonal.
  public static func blockJacobi(blockSize: Int = 64) -> Self { Self(blockSize: blockSize) }
}

private final class BlockJacobiPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  private let blockSize: Int
  private let factors: [Matrix<Scalar>]

  init(of system: DampedSystem<Scalar>, blockSize: Int) throws {
    self.blockSize = blockSize
    let blocks = try system.diagonalBlocks(order: blockSize)
    factors = try system.ledger.measureInterruptibly(.factorization) {
      try blocks.map { try CholeskyFactorization($0).recoverStorage() }
    }
    system.ledger.addFactorization()
    report = PreparationReport(
      access: "\(factors.count) diagonal blocks from \(system.diagonalAccess)",
      factorization: "Cholesky")
  }

  /// r ← R⁻¹ r.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) { solve(.transposed, in: &r) }

  /// r ← R⁻ᵀ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) { solve(.plain, in: &r) }

  private func solve(_ operand: MatrixOperand, in r: inout MutableSpan<Scalar>) {
    for (number, factor) in factors.enumerated() {
      let first = number * blockSize
      r.withSlice(first..<first + factor.rowCount) {
        Scalar.solveTriangular(
          factor.storage.span, order: factor.rowCount, triangle: .lower, operand, in: &$0)
      }
    }
  }
}

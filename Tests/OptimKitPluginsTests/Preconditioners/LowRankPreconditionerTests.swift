import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Low-rank preconditioners")
struct LowRankPreconditionerTests {
  /// Eigenvalues falling from 1 to 1e-12; κ of N is 1 / damping.
  private func decaying(damping: Double, seed: UInt64 = 0) throws -> DampedSystem<Double> {
    DampedSystem(
      jacobian: ProductsOnlyJacobian(
        DenseJacobian(try tallMatrix(rows: 200, columns: 120, conditionNumber: 1e6, seed: seed))),
      damping: damping)
  }

  @Test("Nyström at rank 2 ⌈1.5 d⌉ + 1 for effective dimension d: κ below 28 on average")
  func nystromAtTheEffectiveDimension() throws {
    for damping in [1e-2, 1e-4, 1e-6] {
      let effective = (0..<120).reduce(0.0) { sum, i in
        let value = pow(1e-12, Double(i) / 119)
        return sum + value / (value + damping)
      }
      let rank = 2 * Int((1.5 * effective).rounded(.up)) + 1
      let strategy = NystromPreconditioning(initialRank: rank, maximumRank: rank)
      let mean =
        try (0..<10).reduce(0.0) { sum, seed in
          try sum + conditionNumber(of: decaying(damping: damping), strategy, seed: seed)
        } / 10
      #expect(mean < 28, "damping \(damping), rank \(rank): \(mean)")
    }
  }

  @Test("Nyström's rank adapts to the damping, from products alone")
  func adaptiveRank() throws {
    var ranks: [Int] = []
    for damping in [1e-1, 1e-3, 1e-5] {
      let report = try NystromPreconditioning().makePreconditioner(
        for: decaying(damping: damping), key: RandomKey(seed: 0, purpose: .sketch)
      ).report
      ranks.append(report.rank!)
      #expect(report.fallbacks == [])
      #expect(report.costInIterations! >= Double(report.rank!))
      #expect(try conditionNumber(of: decaying(damping: damping), NystromPreconditioning()) < 25)
    }
    #expect(ranks == ranks.sorted() && ranks[0] < ranks[2] && ranks[2] < 120, "\(ranks)")
  }

  @Test("the largest rank, where it comes first, is a note in the run")
  func rankLimits() throws {
    let problem = try LinearProblem(rows: 60, columns: 40, ridge: 1e-4)
    func notes(_ solver: some LinearSolver) throws -> [String] {
      try minimize(
        problem.objective, from: [Double](repeating: 0, count: 40),
        using: .gaussNewton(solver: solver), until: [.iterations(1)]
      ).summary.notes
    }
    #expect(
      try notes(.preconditionedCG(.nystrom(initialRank: 4, maximumRank: 8)))
        .contains { $0.contains("largest rank of 8") })
    #expect(
      try notes(.preconditionedCG(.pivotedCholesky(maximumRank: 8)))
        .contains { $0.contains("largest rank of 8") })
  }

  @Test("both save iterations where the spectrum decays")
  func iterations() throws {
    let system = try decaying(damping: 1e-5)
    let plain = try LinearSolverTests.solve(system, with: ConjugateGradientSolver(), 1e-8)
    for solver: any LinearSolver in [
      PreconditionedCGSolver(NystromPreconditioning()),
      PreconditionedCGSolver(PivotedCholeskyPreconditioning()),
    ] {
      let report = try LinearSolverTests.solve(system, with: solver, 1e-8)
      #expect(report.status == .converged)
      #expect(3 * report.iterations < plain.iterations, "\(report.iterations), \(plain.iterations)")
    }
  }

  @Test("partial Cholesky reproduces the columns at its pivots; all pivots give the whole matrix")
  func pivotedCholesky() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 50, features: 5, width: 300)
    let counted = CountedObjective<Double>(objective)
    let linearization = try counted.linearize(
      at: objective.model.initialParameters(seed: 1).span)
    let system = counted.system(at: linearization, damping: 1e-3)
    let report = try PivotedCholeskyPreconditioning().makePreconditioner(
      for: system, key: RandomKey(seed: 0, purpose: .sketch)
    ).report
    #expect(report.access == "pivoted Cholesky from columns of a structured Gram matrix")
    // No product with the Jacobian was needed.
    #expect(system.ledger.counts.jacobianProducts == 0)
    let full = PivotedCholeskyPreconditioning(residualRatio: 0, blockSize: 7)
    #expect(try conditionNumber(of: system, full) < 1.0001)
    #expect(
      try conditionNumber(of: system, PivotedCholeskyPreconditioning(residualRatio: 30)) <= 31)
  }

  @Test("duplicated rows are pivots once")
  func duplicates() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 200, columns: 20, conditionNumber: 10)
    for i in 0..<200 { for j in 10..<20 { matrix[i, j] = matrix[i, j - 10] } }
    let system = DampedSystem(jacobian: DenseJacobian(matrix.transposed()), damping: 1e-8)
    let strategy = PivotedCholeskyPreconditioning(residualRatio: 0)
    let report = try strategy.makePreconditioner(
      for: system, key: RandomKey(seed: 0, purpose: .sketch)
    ).report
    #expect(report.rank == 10)
    #expect(try conditionNumber(of: system, strategy) < 2)
  }
}

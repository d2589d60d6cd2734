import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Reuse of preconditioners")
struct PreconditionerReuseTests {
  @Test(
    "saves factorizations on a network and reaches the same minimum, to the same bits again",
    arguments: ReusingSolver.allCases)
  fileprivate func network(solver: ReusingSolver) throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 60, features: 8, width: 1500)
    func train(_ reuse: PreconditionerReuse) throws -> OptimizationResult<Double> {
      try train(solver.make(reuse: reuse))
    }
    func train(_ solver: some LinearSolver) throws -> OptimizationResult<Double> {
      try minimize(
        objective, from: objective.model.initialParameters(seed: 1),
        using: .gaussNewton(solver: solver), until: [.relativeLoss(1e-16), .iterations(12)])
    }
    let fresh = try train(PreconditionerReuse.never)
    let kept = try train(PreconditionerReuse.adaptive)
    #expect(fresh.isConverged && kept.isConverged)
    #expect(fresh.summary.counts.factorizations == fresh.summary.iterations)
    #expect(kept.summary.counts.factorizations < kept.summary.iterations)
    #expect(kept.summary.iterations <= fresh.summary.iterations + 1)
    #expect(try train(PreconditionerReuse.adaptive).parameters == kept.parameters)

    let decisions = kept.summary.history.dropFirst().map { $0.step?.preparation?.decision }
    #expect(decisions.first == "fresh")
    #expect(decisions.dropFirst().contains { $0?.hasPrefix("kept: ") == true }, "\(decisions)")
    for record in fresh.summary.history.dropFirst() {
      #expect(record.step?.preparation?.decision == "fresh")
    }
  }

  @Test(
    "keeps one for the same system, and for a little more or less damping",
    arguments: ReusingSolver.allCases)
  fileprivate func kept(solver: ReusingSolver) throws {
    var run = try Run(solver)
    #expect(try run.step(run.matrix, damping: 1) == "fresh")
    for damping in [1, 3.9, 0.26] {
      let decision = try run.step(run.matrix, damping: damping)
      #expect(decision.hasPrefix("kept: "), "\(decision)")
      #expect(run.report.notes.isEmpty)
    }
    #expect(run.counts == [1, 0, 0, 0])
  }

  @Test(
    "makes a new one where damping or sizes changed",
    arguments: ReusingSolver.allCases)
  fileprivate func systemChanged(solver: ReusingSolver) throws {
    var run = try Run(solver)
    _ = try run.step(run.matrix, damping: 1)
    for damping in [4.1, 1, 0] {
      #expect(try run.step(run.matrix, damping: damping).hasPrefix("fresh: the damping changed"))
    }
    let other: Matrix<Double> = try tallMatrix(rows: 500, columns: 31, conditionNumber: 100)
    #expect(try run.step(other, damping: 0) == "fresh: the system has other sizes")
    #expect(run.counts == [1, 1, 1, 1, 1])
  }

  @Test(
    "solves again with a new one where the old one fails, in the same call",
    arguments: ReusingSolver.allCases)
  fileprivate func failure(solver: ReusingSolver) throws {
    var run = try Run(solver)
    _ = try run.step(run.matrix)
    // Another system altogether, as ill-conditioned, in another basis.
    let other: Matrix<Double> = try tallMatrix(
      rows: 400, columns: 30, conditionNumber: 1e4, seed: 5)
    #expect(try run.step(other).hasPrefix("kept: "))
    #expect(run.report.status == .converged)
    #expect(run.report.notes.count == 1 && run.report.notes[0].hasPrefix("a reused preconditioner"))
    #expect(run.counts == [1, 1])
    #expect(run.report.iterations < 300, "given up early: \(run.report.iterations)")
    let residual = try LinearSolverTests.relativeResidual(
      of: run.solution, DampedSystem(jacobian: DenseJacobian(other)), run.rightHandSide)
    #expect(residual <= 1.001e-8)
    // The new one is kept in turn.
    #expect(try run.step(other).hasPrefix("kept: "))
    #expect(run.report.notes.isEmpty)
  }

  @Test(
    "makes a new one after iterations grew, or when those to spare have paid for it",
    arguments: ReusingSolver.allCases)
  fileprivate func growth(solver: ReusingSolver) throws {
    for factor in [1.0, 50] {
      var run = try Run(solver, reuse: .adaptive(growthFactor: factor))
      _ = try run.step(run.matrix)
      // Rows scaled by up to e^±0.3, e^±0.6, …: iterations grow slowly.
      let decisions = try (1...12).map { step in
        var matrix = run.matrix
        for i in 0..<400 {
          let scale = exp(0.3 * Double(step) * sin(Double(i)))
          for j in 0..<30 { matrix[i, j] *= scale }
        }
        return try run.step(matrix)
      }
      #expect(decisions[0].hasPrefix("kept: "))
      let reasons = decisions.filter { $0.hasPrefix("fresh: ") }
      #expect(!reasons.isEmpty && reasons.count < 12, "factor \(factor): \(decisions)")
      let wanted = factor < 2 ? "iterations in the last solve" : "iterations more than expected"
      #expect(reasons.contains { $0.contains(wanted) }, "factor \(factor): \(reasons)")
    }
  }

  @Test("refuses growth factors below 1", arguments: [0.5, .nan, .infinity])
  func badOptions(factor: Double) {
    for solver in ReusingSolver.allCases {
      #expect(throws: OptimKitError.self) {
        try solver.make(reuse: .adaptive(growthFactor: factor)).validate()
      }
    }
  }

  @Test("can be stored", arguments: [PreconditionerReuse.never, .adaptive(growthFactor: 3)])
  func coding(reuse: PreconditionerReuse) throws {
    #expect(try roundTrip(reuse) == reuse)
  }
}

/// Solvers that keep what they precondition with.
private enum ReusingSolver: String, CaseIterable {
  case conjugateGradients
  case sketchedLSQR
  case preconditionedLSQR
  case preconditionedLSMR

  func make(reuse: PreconditionerReuse) -> any LinearSolver {
    let sketch = SparseSignSketcher()
    return switch self {
    case .conjugateGradients: SketchedCGSolver(sketch, reuse: reuse)
    case .sketchedLSQR: SketchedLSQRSolver(sketch, reuse: reuse)
    case .preconditionedLSQR:
      LSQRSolver(preconditioning: SketchPreconditioning(sketch), reuse: reuse)
    case .preconditionedLSMR:
      LSMRSolver(preconditioning: SketchPreconditioning(sketch), reuse: reuse)
    }
  }
}

/// A sequence of systems through one workspace.
private struct Run {
  let matrix: Matrix<Double>
  let workspace: any LinearSolverWorkspace<Double>
  let rightHandSide = DampedRightHandSide<Double>(target: normalVector(400, seed: 1))
  private(set) var report = SolveReport(status: .converged, rightHandSideNorm: 0)
  private(set) var solution: [Double] = []
  /// Factorizations in each step.
  private(set) var counts: [Int] = []

  init(_ solver: ReusingSolver, reuse: PreconditionerReuse = .adaptive) throws {
    matrix = try tallMatrix(rows: 400, columns: 30, conditionNumber: 1e4)
    workspace = solver.make(reuse: reuse).makeWorkspace(for: Double.self)
  }

  /// Prepares and solves; the decision about the preconditioner.
  mutating func step(_ matrix: Matrix<Double>, damping: Double = 0) throws -> String {
    let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
    let preparation = try workspace.prepare(
      system, key: RandomKey(seed: 0, purpose: .sketch, iteration: counts.count))
    var x = [Double](repeating: 0, count: matrix.columnCount)
    var span = x.mutableSpan
    let target =
      matrix.rowCount == 400
      ? rightHandSide : DampedRightHandSide(target: normalVector(matrix.rowCount, seed: 2))
    report = try workspace.solve(target, tolerance: .relative(1e-8), into: &span)
    solution = x
    #expect(report.status == .converged)
    counts.append(system.ledger.counts.factorizations)
    return preparation.decision ?? ""
  }
}

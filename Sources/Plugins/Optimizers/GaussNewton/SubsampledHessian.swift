import Foundation
import OptimKit

/// Solves the first systems of a Newton run by conjugate gradients preconditioned with the Hessian of a sample, as long
/// as that is expected to cost less than the Hessian of all samples.
final class SubsampledHessian<Scalar: RealScalar> {
  /// Of the conjugate gradients.
  let workspace: any LinearSolverWorkspace<Scalar>

  /// Iterations per unit of log(2/η): 1 / log √(rows per parameter) at first, then what the last solve took.
  var iterationRate: Double

  /// What the exact Hessian and its factor cost, in iterations of each solve that they serve.
  private let fullCost: Double

  /// Nil where rows cannot be sampled, or there are not even twice as many as the sample takes.
  init?(of system: DampedSystem<Scalar>, rowsPerParameter: Double) {
    let sampled = rowsPerParameter * Double(system.columnCount)
    guard system.canSampleRows, 2 * sampled <= Double(system.rowCount),
      let fullCost = system.choleskyCostInIterations
    else { return nil }
    self.fullCost = fullCost / Double(system.solveCount)
    iterationRate = 1 / log(rowsPerParameter.squareRoot())
    // A sample that misleads is noticed before it costs twice the exact Hessian.
    workspace = PreconditionedCGSolver(
      RowSamplePreconditioning(rowsPerColumn: rowsPerParameter),
      maximumIterations: max(10, Int(min(2 * fullCost, 1e6)))
    ).makeWorkspace(for: Scalar.self)
  }

  /// solution ← that of the system to a relative residual of `eta`; nil where the exact Hessian is worth it from now on.
  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, of system: DampedSystem<Scalar>,
    to eta: Scalar, key: RandomKey, into solution: inout MutableSpan<Scalar>
  ) throws -> (PreparationReport, SolveReport)? {
    let digits = log(2 / Double(min(eta, 1)))
    guard iterationRate * digits <= fullCost else { return nil }
    do {
      let tolerance = ResidualTolerance<Scalar>.relative(eta)
      let preparation = try workspace.prepare(system, for: tolerance, key: key)
      let solve = try workspace.solve(rightHandSide, tolerance: tolerance, into: &solution)
      guard solve.status == .converged else { return nil }
      iterationRate = Double(solve.iterations) / digits
      return (preparation, solve)
    } catch let error as OptimKitError
      where error.kind == .singularSystem || error.kind == .noConvergence
    {
      return nil
    }
  }
}

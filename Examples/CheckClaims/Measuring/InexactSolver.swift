import OptimKit

/// Solves N z = r to a residual of exactly η‖r‖ in a random direction: what an inexact solve leaves, without the luck of
/// an iterative solver that does better than it was asked to.
///
/// Cost and storage: those of a Cholesky factorization of N.
package struct InexactSolver: LinearSolver {
  /// η.
  package var relativeResidual: Double

  /// Creates the solver.
  package init(relativeResidual: Double) { self.relativeResidual = relativeResidual }

  package var name: String { "inexact" }

  package func validate() throws {
    guard relativeResidual >= 0, relativeResidual < 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "a relative residual of \(relativeResidual)",
        remedy: "choose a number from 0 up to but not including 1")
    }
  }

  package func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    InexactWorkspace<Scalar>(relativeResidual: Scalar(relativeResidual))
  }
}

private final class InexactWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let relativeResidual: Scalar
  private var system: DampedSystem<Scalar>?
  private var factorization: CholeskyFactorization<Scalar>?
  private var key: RandomKey?

  init(relativeResidual: Scalar) { self.relativeResidual = relativeResidual }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    self.key = key
    var normal = Matrix<Scalar>(rowCount: system.shortCount, columnCount: system.shortCount)
    try system.formNormalMatrix(into: &normal)
    factorization = try CholeskyFactorization(normal)
    system.ledger.addFactorization()
    return PreparationReport(access: system.normalMatrixAccess, factorization: "Cholesky")
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, let factorization, let key else {
      preconditionFailure("prepare before solving")
    }
    var z = Scalar.zeros(system.shortCount)
    var direction = z
    var zSpan = z.mutableSpan
    var directionSpan = direction.mutableSpan
    try system.shortSide(of: rightHandSide, into: &zSpan)
    let norm = Scalar.norm(zSpan.span)
    key.with(purpose: "residual").fillNormal(&directionSpan)
    let length = Scalar.norm(directionSpan.span)
    Scalar.add(relativeResidual * norm / length, directionSpan.span, to: &zSpan)
    factorization.solve(in: &zSpan)
    try system.recover(from: zSpan.span, of: rightHandSide, into: &solution)
    return SolveReport(
      status: .converged, relativeResidual: Double(relativeResidual),
      rightHandSideNorm: Double(norm))
  }
}

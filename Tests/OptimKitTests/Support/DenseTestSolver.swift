import OptimKit
import OptimKitTesting

/// Solves through a Cholesky factorization of N, with a defect of choice.
struct DenseTestSolver: LinearSolver {
  enum Defect: String, Codable {
    case none, inexact, inexactButReported, claimsTooMuch, unwritten, uncounted
  }

  var name: String { "dense" }
  var defect = Defect.none

  func validate() {}

  func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    DenseTestWorkspace<Scalar>(defect)
  }
}

private final class DenseTestWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  let defect: DenseTestSolver.Defect
  var prepared: (system: DampedSystem<Scalar>, factorization: CholeskyFactorization<Scalar>)?

  init(_ defect: DenseTestSolver.Defect) { self.defect = defect }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    var matrix = Matrix<Scalar>(rowCount: system.shortCount, columnCount: system.shortCount)
    try system.formNormalMatrix(into: &matrix)
    prepared = (system, try CholeskyFactorization(matrix))
    return PreparationReport(access: "rows")
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    let (system, factorization) = prepared!
    var z = [Scalar](repeating: 0, count: system.shortCount)
    var span = z.mutableSpan
    try system.shortSide(of: rightHandSide, into: &span)
    let norm = Scalar.norm(span.span)
    var report = SolveReport(status: .converged, rightHandSideNorm: Double(norm))
    factorization.solve(in: &span)
    let isInexact = [.inexact, .inexactButReported, .claimsTooMuch].contains(defect)
    if isInexact {
      // N (1.01 z) − r = 0.01 r.
      Scalar.scale(&span, by: 1.01)
      if defect != .inexact { report.status = .stagnated }
      report.relativeResidual =
        defect == .inexactButReported ? 0.0101 : defect == .claimsTooMuch ? 1e-6 : nil
    }
    if defect == .uncounted { report.iterations = 3 }
    if defect == .unwritten { return report }
    try system.recover(from: span.span, of: rightHandSide, into: &solution)
    return report
  }
}

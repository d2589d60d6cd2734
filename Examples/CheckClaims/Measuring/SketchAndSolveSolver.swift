import OptimKit
import OptimKitPlugins

/// Solves with the sketched matrix in the place of the matrix, without refinement: z = P⁻¹r.
///
/// Cost and storage: those of `SketchPreconditioning`, anew for each system.
struct SketchAndSolveSolver: LinearSolver {
  /// Rows of the sketch per column.
  var oversampling = 4.0

  var name: String { "sketch-and-solve" }

  var sketcher: (any Sketcher)? { SparseSignSketcher() }

  private var preconditioning: SketchPreconditioning<SparseSignSketcher> {
    SketchPreconditioning(SparseSignSketcher(), oversampling: oversampling)
  }

  func validate() throws { try preconditioning.validate() }

  func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    SketchAndSolveWorkspace<Scalar>(preconditioning: preconditioning)
  }
}

private final class SketchAndSolveWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let preconditioning: SketchPreconditioning<SparseSignSketcher>
  private var system: DampedSystem<Scalar>?
  private var preconditioner: (any Preconditioner<Scalar>)?

  init(preconditioning: SketchPreconditioning<SparseSignSketcher>) {
    self.preconditioning = preconditioning
  }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport {
    self.system = system
    let preconditioner: any Preconditioner<Scalar> = try preconditioning.makePreconditioner(
      for: system, key: key)
    self.preconditioner = preconditioner
    return preconditioner.report
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system, let preconditioner else { preconditionFailure("prepare before solving") }
    var z = Scalar.zeros(system.shortCount)
    var span = z.mutableSpan
    try system.shortSide(of: rightHandSide, into: &span)
    let norm = Scalar.norm(span.span)
    preconditioner.applyInverse(in: &span)
    try system.recover(from: span.span, of: rightHandSide, into: &solution)
    return SolveReport(status: .converged, rightHandSideNorm: Double(norm))
  }
}

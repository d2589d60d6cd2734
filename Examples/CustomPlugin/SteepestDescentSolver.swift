import OptimKit

/// A linear solver of one's own: steepest descent on the short-side system N z = r, with exact steps.
struct SteepestDescentSolver: LinearSolver {
  var maximumIterations = 100_000

  var name: String { "steepest-descent" }

  func validate() throws {
    guard maximumIterations > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "at most \(maximumIterations) iterations",
        remedy: "choose at least 1")
    }
  }

  func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    SteepestDescentWorkspace<Scalar>(maximumIterations: maximumIterations)
  }
}

private final class SteepestDescentWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let maximumIterations: Int
  private var system: DampedSystem<Scalar>?

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) -> PreparationReport {
    self.system = system
    return PreparationReport(access: system.productAccess)
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    var z = Scalar.zeros(system.shortCount)
    var residual = z
    var product = z
    var zSpan = z.mutableSpan
    var residualSpan = residual.mutableSpan
    var productSpan = product.mutableSpan
    try system.shortSide(of: rightHandSide, into: &residualSpan)
    let norm = Scalar.norm(residualSpan.span)
    let threshold = tolerance.threshold(rightHandSideNorm: norm)
    var residualNorm = norm
    var iterations = 0
    while residualNorm > threshold, iterations < maximumIterations {
      try system.applyNormal(residualSpan.span, into: &productSpan)
      let step = residualNorm * residualNorm / Scalar.dot(residualSpan.span, productSpan.span)
      Scalar.add(step, residualSpan.span, to: &zSpan)
      Scalar.add(-step, productSpan.span, to: &residualSpan)
      residualNorm = Scalar.norm(residualSpan.span)
      iterations += 1
    }
    system.ledger.addInnerIterations(iterations)
    try system.recover(from: zSpan.span, of: rightHandSide, into: &solution)
    return SolveReport(
      status: residualNorm <= threshold ? .converged : .iterationLimit, iterations: iterations,
      relativeResidual: norm > 0 ? Double(residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm))
  }
}

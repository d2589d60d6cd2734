import OptimKit

/// A linear solver of one's own: steepest descent on the short-side system N z = r, with exact steps.
///
/// One product with N an iteration. Storage: 3 short-side vectors.
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
  private var z: [Scalar] = []
  private var residual: [Scalar] = []
  private var product: [Scalar] = []

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) -> PreparationReport {
    self.system = system
    // A system of the same size as the one before finds its memory here.
    if z.count != system.shortCount {
      z = Scalar.zeros(system.shortCount)
      residual = Scalar.zeros(system.shortCount)
      product = Scalar.zeros(system.shortCount)
    }
    return PreparationReport(access: system.productAccess)
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    let report = try descend(
      system, rightHandSide, to: tolerance, z: &z, residual: &residual, product: &product)
    let z = z
    try system.recover(from: z.span, of: rightHandSide, into: &solution)
    return report
  }

  /// z ← N⁻¹ r. Arrays that are arguments have spans that can be held side by side.
  private func descend(
    _ system: DampedSystem<Scalar>, _ rightHandSide: borrowing DampedRightHandSide<Scalar>,
    to tolerance: ResidualTolerance<Scalar>, z: inout [Scalar], residual: inout [Scalar],
    product: inout [Scalar]
  ) throws -> SolveReport {
    var z = z.mutableSpan
    var residual = residual.mutableSpan
    var product = product.mutableSpan
    Scalar.fill(&z, with: 0)
    try system.shortSide(of: rightHandSide, into: &residual)
    let norm = Scalar.norm(residual.span)
    let threshold = tolerance.threshold(rightHandSideNorm: norm)
    var residualNorm = norm
    var iterations = 0
    while residualNorm > threshold, iterations < maximumIterations {
      try system.applyNormal(residual.span, into: &product)
      let step = residualNorm * residualNorm / Scalar.dot(residual.span, product.span)
      Scalar.add(step, residual.span, to: &z)
      Scalar.add(-step, product.span, to: &residual)
      residualNorm = Scalar.norm(residual.span)
      iterations += 1
    }
    system.ledger.addInnerIterations(iterations)
    return SolveReport(
      status: residualNorm <= threshold ? .converged : .iterationLimit, iterations: iterations,
      relativeResidual: norm > 0 ? Double(residualNorm / norm) : 0,
      rightHandSideNorm: Double(norm))
  }
}

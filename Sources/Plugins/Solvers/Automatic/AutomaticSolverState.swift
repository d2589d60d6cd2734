import OptimKit

/// What the automatic solver has learned of a run, and the way in use, for checkpoints.
struct AutomaticSolverState<Scalar: RealScalar>: Codable, Sendable {
  let sizes: [Int]
  let estimate: CostModel<Scalar>.Estimate
  let isProven: Bool
  let inner: LinearSolverState?
  private let failures: [SolvingMethod: String]
  private let iterationRates: [SolvingMethod: Double]
  private let corrections: [SolvingMethod: Double]
  private let needsTallMatrix: Bool
  private let rank: Int?

  init(
    _ model: CostModel<Scalar>, sizes: [Int], estimate: CostModel<Scalar>.Estimate,
    isProven: Bool, inner: LinearSolverState?
  ) {
    self.sizes = sizes
    self.estimate = estimate
    self.isProven = isProven
    self.inner = inner
    failures = model.failures
    iterationRates = model.iterationRates
    corrections = model.corrections
    needsTallMatrix = model.needsTallMatrix
    rank = model.rank
  }

  func restore(_ model: inout CostModel<Scalar>) {
    model.failures = failures
    model.iterationRates = iterationRates
    model.corrections = corrections
    model.needsTallMatrix = needsTallMatrix
    model.rank = rank
  }
}

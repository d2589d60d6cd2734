import OptimKit
import OptimKitMemoryTesting
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// The article OwnSolver of the catalogue of OptimKit, and the landing page of OptimKitMemoryTesting.
@Suite("The snippets of the article on a solver of one's own run")
struct OwnSolverSnippets {
  @Test func conformance() throws {
    // snippet
    for (rows, columns) in [(300, 40), (40, 300)] {
      let matrix: Matrix<Double> = try tallMatrix(
        rows: max(rows, columns), columns: min(rows, columns), conditionNumber: 100)
      let jacobian = DenseJacobian(rows > columns ? matrix : matrix.transposed())
      let issues = conformanceIssues(
        of: ConjugateResidualSolver(), on: DampedSystem(jacobian: jacobian, damping: 1e-3),
        tolerance: .relative(1e-9))
      #expect(issues == [])
    }
    // end of snippet
  }

  @Test func memory() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 12_000, columns: 100, conditionNumber: 10)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    // snippet
    let issues = memoryIssues(
      of: ConjugateResidualSolver(), on: system, tolerance: .relative(1e-6),
      storage: 6 * system.shortCount)
    #expect(issues == [])
    // end of snippet
  }

  @Test func use() throws {
    let length = 200
    let chain = ProductModel<Double>(
      parameterCount: length, outputCount: length,
      outputs: { x in x.indices.map { x[$0] * x[$0] + ($0 > 0 ? 0.1 * x[$0 - 1] : 0) - 1 } },
      product: { x, v in x.indices.map { 2 * x[$0] * v[$0] + ($0 > 0 ? 0.1 * v[$0 - 1] : 0) } },
      transposedProduct: { x, u in
        x.indices.map { 2 * x[$0] * u[$0] + ($0 + 1 < length ? 0.1 * u[$0 + 1] : 0) }
      })
    let objective = try LeastSquares(residuals: chain)
    let start = [Double](repeating: 1, count: length)
    // snippet
    let result = try minimize(
      objective, from: start, using: .gaussNewton(solver: .conjugateResidual()))
    // end of snippet
    #expect(result.isConverged)
    let reference = try minimize(objective, from: start, using: .gaussNewton(solver: .lsmr()))
    for (one, other) in zip(result.parameters, reference.parameters) {
      #expect(abs(one - other) < 1e-4)
    }
  }

  @Test func accuracyIsReported() throws {
    let matrix: Matrix<Float> = try tallMatrix(rows: 300, columns: 30, conditionNumber: 1e4)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let workspace = ConjugateResidualSolver(maximumIterations: 400).makeWorkspace(for: Float.self)
    try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    let side = DampedRightHandSide<Float>(
      target: RandomKey(seed: 2, purpose: "b").normalVector(300))
    var solution = Float.zeros(30)
    var span = solution.mutableSpan
    let report = try workspace.solve(side, tolerance: .relative(1e-6), into: &span)
    var normal = Float.zeros(30)
    var normalSpan = normal.mutableSpan
    try system.applyNormal(span.span, into: &normalSpan)
    var target = Float.zeros(30)
    var targetSpan = target.mutableSpan
    try system.shortSide(of: side, into: &targetSpan)
    Float.add(-1, targetSpan.span, to: &normalSpan)
    let residual = Float.norm(normalSpan.span) / Float.norm(targetSpan.span)
    // In single precision κ(N) = 10⁸ is out of reach: the report may not claim what is not so.
    #expect(report.status != .converged || residual <= 1.01e-6)
    #expect(abs(Float(report.relativeResidual ?? 0) - residual) <= 0.1 * residual + 1e-6)
  }
}

// snippet
/// The method of conjugate residuals (Stiefel 1955) on N z = r: the norm of the residual, which a tolerance is about,
/// falls from each iteration to the next.
///
/// One product with N an iteration, and one more where a recurrence ends. Storage: 6 short-side vectors.
struct ConjugateResidualSolver: LinearSolver {
  var maximumIterations = 1000

  var name: String { "conjugate-residual" }

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
    ConjugateResidualWorkspace<Scalar>(maximumIterations: maximumIterations)
  }
}

extension LinearSolver where Self == ConjugateResidualSolver {
  static func conjugateResidual(maximumIterations: Int = 1000) -> Self {
    Self(maximumIterations: maximumIterations)
  }
}
// end of snippet

// snippet
private final class ConjugateResidualWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let maximumIterations: Int
  private var system: DampedSystem<Scalar>?
  private var z: [Scalar] = []
  private var target: [Scalar] = []
  private var residual: [Scalar] = []
  private var residualImage: [Scalar] = []
  private var direction: [Scalar] = []
  private var directionImage: [Scalar] = []

  init(maximumIterations: Int) { self.maximumIterations = maximumIterations }

  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) -> PreparationReport {
    self.system = system
    // A system of the same size as the one before finds its memory here.
    if z.count != system.shortCount {
      z = Scalar.zeros(system.shortCount)
      target = Scalar.zeros(system.shortCount)
      residual = Scalar.zeros(system.shortCount)
      residualImage = Scalar.zeros(system.shortCount)
      direction = Scalar.zeros(system.shortCount)
      directionImage = Scalar.zeros(system.shortCount)
    }
    return PreparationReport(access: system.productAccess)
  }

  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    let report = try conjugateResiduals(
      system, rightHandSide, tolerance, maximumIterations: maximumIterations, z: &z,
      target: &target, residual: &residual, residualImage: &residualImage, direction: &direction,
      directionImage: &directionImage)
    let z = z
    try system.recover(from: z.span, of: rightHandSide, into: &solution)
    return report
  }
}
// end of snippet

// snippet
private func conjugateResiduals<Scalar: RealScalar>(
  _ system: DampedSystem<Scalar>, _ rightHandSide: borrowing DampedRightHandSide<Scalar>,
  _ tolerance: ResidualTolerance<Scalar>, maximumIterations: Int, z: inout [Scalar],
  target: inout [Scalar], residual: inout [Scalar], residualImage: inout [Scalar],
  direction: inout [Scalar], directionImage: inout [Scalar]
) throws -> SolveReport {
  var z = z.mutableSpan
  var target = target.mutableSpan
  var r = residual.mutableSpan
  var rImage = residualImage.mutableSpan
  var p = direction.mutableSpan
  var pImage = directionImage.mutableSpan

  try system.shortSide(of: rightHandSide, into: &target)
  Scalar.fill(&z, with: 0)
  Scalar.copy(target.span, into: &r)
  let norm = Scalar.norm(target.span)
  let threshold = tolerance.threshold(rightHandSideNorm: norm)
  var iterations = 0
  var measured = norm
  var before = Scalar.infinity
  // Rounding parts the recurrence from the residual that it stands for. So each ends with a residual that is
  // measured, and another starts from there as long as that helps.
  while measured > threshold, measured < before / 2, iterations < maximumIterations {
    before = measured
    try system.applyNormal(r.span, into: &rImage)
    Scalar.copy(r.span, into: &p)
    Scalar.copy(rImage.span, into: &pImage)
    var curvature = Scalar.dot(r.span, rImage.span)
    var carried = measured
    while true {
      let step = curvature / Scalar.dot(pImage.span, pImage.span)
      guard step.isFinite, step > 0 else { break }
      Scalar.add(step, p.span, to: &z)
      Scalar.add(-step, pImage.span, to: &r)
      iterations += 1
      let next = Scalar.norm(r.span)
      guard next > threshold, next < carried, iterations < maximumIterations else { break }
      carried = next
      try system.applyNormal(r.span, into: &rImage)
      let nextCurvature = Scalar.dot(r.span, rImage.span)
      Scalar.combine(1, r.span, plus: nextCurvature / curvature, into: &p)
      Scalar.combine(1, rImage.span, plus: nextCurvature / curvature, into: &pImage)
      curvature = nextCurvature
    }
    try system.applyNormal(z.span, into: &rImage)
    Scalar.add(-1, rImage.span, to: target.span, into: &r)
    measured = Scalar.norm(r.span)
  }
  system.ledger.addInnerIterations(iterations)
  return SolveReport(
    status: measured <= threshold
      ? .converged : iterations < maximumIterations ? .stagnated : .iterationLimit,
    iterations: iterations, relativeResidual: norm > 0 ? Double(measured / norm) : 0,
    rightHandSideNorm: Double(norm))
}
// end of snippet

import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Newton's method on convex empirical risk: one path for every loss, solver and side.
@Suite("Newton's method")
struct NewtonTests {
  static let key = RandomKey(seed: 21, purpose: "Newton")

  /// A linear model, with targets that it makes, and columns over two orders of magnitude.
  struct Problem {
    var samples = 120
    var features = 6
    var outputs = 1
    var hasIntercept = true

    var matrix: Matrix<Double> {
      var result: Matrix<Double> = key.normalMatrix(samples, features)
      for i in 0..<samples {
        for j in 0..<features { result[i, j] *= pow(10, 2 * Double(j) / Double(features)) }
      }
      return result
    }

    var model: LinearModel<DenseFeatures<Double>> {
      get throws {
        try LinearModel(features: matrix, outputsPerSample: outputs, hasIntercept: hasIntercept)
      }
    }

    /// Targets in the domain of a loss.
    func targets(_ loss: any Loss) -> [Double] {
      let noise: [Double] = key.with(iteration: 1).normalVector(samples * outputs)
      switch loss {
      case is SoftmaxLoss:
        return (0..<samples).flatMap { sample in
          let own = noise[sample * outputs..<(sample + 1) * outputs]
          let largest = own.indices.max { own[$0] < own[$1] }! - own.startIndex
          return (0..<outputs).map { $0 == largest ? 1.0 : 0 }
        }
      case is LogisticLoss, is SmoothedHingeLoss: return noise.map { $0 > 0.3 ? 1 : 0 }
      case is PoissonLoss: return noise.map { abs($0 * 3).rounded() }
      case is GammaLoss: return noise.map { exp($0) }
      default: return noise
      }
    }
  }

  static func losses() throws -> [any Loss] {
    [
      SquaredLoss(), LogisticLoss(), SoftmaxLoss(), PoissonLoss(), GammaLoss(), try HuberLoss(),
      try SmoothedHingeLoss(), try SmoothedQuantileLoss(bandwidth: 0.5),
    ]
  }

  static let solvers: [any LinearSolver] = [
    CholeskySolver(), AutomaticSolver(), ConjugateGradientSolver(),
    SketchedCGSolver(SparseSignSketcher()), SketchedCGSolver(UniformSamplingSketcher()),
    SketchedLSQRSolver(SparseSignSketcher()), LSQRSolver(),
  ]

  /// ‖∇F‖ relative to that at zero, after a run that asks for 1e-10.
  func relativeGradient<M: Model, L: Loss>(
    _ objective: EmpiricalRisk<M, L>, _ optimizer: some Optimizer, tolerance: Double = 1e-10
  ) throws -> (value: Double, result: OptimizationResult<M.Scalar>) {
    let zeros = M.Scalar.zeros(objective.parameterCount)
    let start = try gradientNorm(objective, zeros)
    let result = try minimize(
      objective, from: zeros, using: optimizer,
      until: [.gradientNorm(tolerance * start), .iterations(60)])
    return (try gradientNorm(objective, result.parameters) / start, result)
  }

  func gradientNorm<M: Model, L: Loss>(
    _ objective: EmpiricalRisk<M, L>, _ point: [M.Scalar]
  ) throws -> Double {
    let counted = CountedObjective<M.Scalar>(objective)
    let gradient: [M.Scalar] = try filled(point.count) {
      try counted.gradient(at: point.span, counted.linearize(at: point.span), into: &$0)
    }
    return Double(norm(gradient))
  }

  @Test("finds the minimum of every loss with every solver, in the primal and the dual")
  func everyLossAndSolver() throws {
    for loss in try Self.losses() {
      for (samples, features) in [(120, 6), (14, 30)] {
        let outputs = loss is SoftmaxLoss ? 3 : 1
        let problem = Problem(samples: samples, features: features, outputs: outputs)
        for solver in Self.solvers {
          try check(loss, solver, problem)
        }
      }
    }
    func check(_ loss: some Loss, _ solver: some LinearSolver, _ problem: Problem) throws {
      let objective = try EmpiricalRisk(
        model: problem.model, loss: loss, targets: problem.targets(loss), ridge: 0.5)
      let run = try relativeGradient(objective, .newton(solver: solver), tolerance: 1e-8)
      #expect(
        run.result.isConverged && run.value <= 1.001e-8,
        "\(loss) with \(solver.name), n \(problem.samples): \(run.result.summary)")
    }
  }

  @Test("agrees with the closed form of ridge regression, intercept unpenalised, in one step")
  func closedForm() throws {
    for (samples, features) in [(50, 4), (6, 15)] {
      let problem = Problem(samples: samples, features: features)
      let targets = problem.targets(SquaredLoss())
      let weights = (0..<samples).map { 0.5 + Double($0 % 3) }
      let objective = try LeastSquares(problem.model, targets: targets, weights: weights, ridge: 2)
      let run = try relativeGradient(objective, .newton(solver: .exact), tolerance: 1e-9)
      #expect(run.result.isConverged && run.result.summary.iterations <= 2)
      // (XᵀWX + λ(I − eeᵀ)) θ = XᵀWy with a column of ones.
      let order = features + 1
      let matrix = problem.matrix
      var normal = Matrix<Double>(rowCount: order, columnCount: order)
      var side = [Double](repeating: 0, count: order)
      for sample in 0..<samples {
        let row = Array(matrix.row(sample)) + [1]
        for i in 0..<order {
          side[i] += weights[sample] * row[i] * targets[sample]
          for j in 0..<order { normal[i, j] += weights[sample] * row[i] * row[j] }
        }
      }
      for i in 0..<features { normal[i, i] += 2 }
      var span = side.mutableSpan
      try CholeskyFactorization(normal).solve(in: &span)
      #expect(distance(run.result.parameters, side) <= 1e-9 * norm(side))
    }
  }

  @Test("converges quadratically with exact solves", arguments: [1, 3])
  func quadraticConvergence(outputs: Int) throws {
    let problem = Problem(samples: 400, features: 5, outputs: outputs)
    try (outputs > 1 ? check(SoftmaxLoss()) : check(LogisticLoss()))
    func check(_ loss: some Loss) throws {
      let objective = try EmpiricalRisk(
        model: problem.model, loss: loss, targets: problem.targets(loss), ridge: 0.1)
      let best = try relativeGradient(objective, .newton(solver: .exact), tolerance: 1e-13)
      // Intercepts of softmax are known up to a constant: losses are compared, whose excess is the squared error.
      let summary = best.result.summary
      let gradients = summary.history.compactMap(\.gradientNorm)
      let errors = gradients.map { $0 / gradients[0] }.filter { $0 > 1e-12 }
      // e_{t+1} ≈ c e_tᵖ over the last three errors.
      let last = Array(errors.suffix(3))
      try #require(last.count == 3, "\(errors)")
      let exponent = log(last[2] / last[1]) / log(last[1] / last[0])
      #expect(exponent >= 1.8, "\(errors)")
    }
  }

  @Test("contracts at the inner tolerance with sketched solves, as the theorem says")
  func sketchedContraction() throws {
    let problem = Problem(samples: 2000, features: 10)
    let objective = try EmpiricalRisk(
      model: problem.model, loss: LogisticLoss(), targets: problem.targets(LogisticLoss()),
      ridge: 1)
    let run = try relativeGradient(
      objective,
      .newton(solver: .sketchedCG(.sparseSign()), innerTolerance: .fixed(0.1)), tolerance: 1e-9)
    #expect(run.result.isConverged)
    let gradients = run.result.summary.history.compactMap(\.gradientNorm)
    for (before, after) in zip(gradients, gradients.dropFirst()).dropFirst() {
      #expect(after <= 0.15 * before, "\(gradients)")
    }
  }

  @Test("solves no more accurately than the goal of the run needs, and reaches it")
  func innerTolerancesKnowTheGoal() throws {
    let problem = Problem(samples: 600, features: 20)
    let objective = try EmpiricalRisk(
      model: problem.model, loss: LogisticLoss(), targets: problem.targets(LogisticLoss()),
      ridge: 1)
    for goal in [1e-2, 1e-5, 1e-9] {
      let summary = try minimize(
        objective, from: [Double](repeating: 0, count: 21),
        using: .newton(solver: .conjugateGradient()),
        until: [.relativeGradientNorm(goal), .iterations(60)]
      ).summary
      #expect(summary.reason.status == .converged, "\(summary)")
      let gradients = summary.history.compactMap(\.gradientNorm)
      for (before, record) in zip(gradients, summary.history.dropFirst()) {
        // Three tenths of the goal are enough.
        let enough = 0.3 * goal * gradients[0] / before
        let tolerance = try #require(record.step?.innerTolerance)
        #expect(tolerance >= min(0.1, enough) * 0.999, "\(goal): \(summary)")
      }
    }
  }

  @Test("dense and sparse features give the same fit")
  func sparse() throws {
    let problem = Problem(outputs: 3)
    let targets = problem.targets(SoftmaxLoss())
    let sparse = try LinearModel(
      features: SparseMatrix(problem.matrix), outputsPerSample: 3, isStandardized: true)
    let dense = try LinearModel(
      features: problem.matrix, outputsPerSample: 3, isStandardized: true)
    let left = try relativeGradient(
      EmpiricalRisk(model: sparse, loss: SoftmaxLoss(), targets: targets, ridge: 1),
      .newton(solver: .exact), tolerance: 1e-12)
    let right = try relativeGradient(
      EmpiricalRisk(model: dense, loss: SoftmaxLoss(), targets: targets, ridge: 1),
      .newton(solver: .exact), tolerance: 1e-12)
    let (a, b) = (
      try sparse.coefficients(from: left.result.parameters),
      try dense.coefficients(from: right.result.parameters)
    )
    #expect(distance(a.weights.storage, b.weights.storage) <= 1e-9 * norm(a.weights.storage))
    // A shift of z by its mean moves penalties only through the intercepts, which have none.
    #expect(distance(a.intercepts, b.intercepts) <= 1e-8 * (1 + norm(b.intercepts)))
  }

  @Test("the intercept is right where the ridge outweighs the data")
  func heavyRidge() throws {
    let problem = Problem()
    let targets = problem.targets(LogisticLoss())
    for solver in Self.solvers {
      let objective = try EmpiricalRisk(
        model: problem.model, loss: LogisticLoss(), targets: targets, ridge: 1e7)
      let run = try fit(objective, solver)
      let mean = targets.reduce(0, +) / Double(targets.count)
      // Weights are next to nothing: the intercept is the logit of the mean.
      #expect(
        abs(run.parameters[6] - log(mean / (1 - mean))) <= 1e-3, "\(solver.name): \(run.summary)")
    }
    func fit(
      _ objective: EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>,
      _ solver: some LinearSolver
    ) throws -> OptimizationResult<Double> {
      try relativeGradient(objective, .newton(solver: solver), tolerance: 1e-7).result
    }
  }

  @Test("shortens steps of self-concordant losses at once to a length that is safe")
  func selfConcordantSearch() throws {
    // 1/2, 1/4, … and then log(1 + 1000) / 1000, before anything shorter.
    let change = [600.0, 0, 800, 1]
    let length = ArmijoSearch.safeLength(change.span, outputsPerSample: 4, selfConcordance: 1)
    let safe = try #require(length)
    #expect(abs(safe - log1p(1000) / 1000) <= 1e-5)
    let search = ArmijoSearch(
      loss: 1, termCount: 4, slope: -1, decrease: 1e-4, contraction: 0.5, safeLength: safe)
    var lengths = [1.0]
    for _ in 0..<9 { lengths.append(search.next(after: lengths[lengths.count - 1])) }
    #expect(lengths[7] == 1.0 / 128 && lengths[8] == safe && lengths[9] == safe / 2)
    #expect(search.accepts(1, at: 1e-12) && !search.accepts(1, at: 0.1))
    #expect(!search.accepts(.nan, at: 1) && !search.accepts(.infinity, at: 1))
    let none = ArmijoSearch.safeLength(change.span, outputsPerSample: 1, selfConcordance: nil)
    #expect(none == nil)
    // From far outside, Poisson regression descends all the way.
    let problem = Problem()
    let objective = try EmpiricalRisk(
      model: problem.model, loss: PoissonLoss(), targets: problem.targets(PoissonLoss()), ridge: 0.1
    )
    var far = [Double](repeating: 0, count: objective.parameterCount)
    far[6] = 12
    let result = try minimize(
      objective, from: far, using: .newton(solver: .exact),
      until: [.gradientNorm(1e-6), .iterations(60)])
    #expect(result.isConverged, "\(result.summary)")
    for record in result.summary.history.dropFirst() { #expect(record.lossRatio! <= 1 + 1e-12) }
  }
}

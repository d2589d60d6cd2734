import OptimKit
import OptimKitModels
import OptimKitPlugins

/// The losses of convex risks that are measured.
enum RiskLoss: String, CaseIterable, Sendable {
  case logistic
  case poisson

  func makeLoss() -> any Loss {
    switch self {
    case .logistic: LogisticLoss()
    case .poisson: PoissonLoss()
    }
  }
}

/// A fit of convex empirical risk by Newton's method; the time is that from arrays in memory to coefficients.
struct RiskTask: WorkerTask {
  private enum Features {
    case dense(Matrix<Double>)
    case sparse(SparseMatrix<Double>)
  }

  private let features: Features
  private let targets: [Double]
  private let loss: any Loss
  private let solver: any LinearSolver
  private let options: TaskOptions

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    guard let loss = RiskLoss(rawValue: options.loss ?? "") else {
      throw OptimKitError(
        .invalidArgument, cause: "there is no loss \(options.loss ?? "")",
        remedy: "choose one of \(RiskLoss.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.loss = loss.makeLoss()
    features =
      arrays.paths["X"] != nil ? .dense(try arrays.matrix("X")) : .sparse(try arrays.sparseMatrix())
    targets = try arrays.vector("y")
    solver = try options.makeSolver()
    self.options = options
  }

  func run() throws -> Answer {
    switch features {
    case .dense(let matrix):
      try run {
        try LinearModel(features: matrix, hasIntercept: options.hasIntercept)
      }
    case .sparse(let matrix):
      try run {
        try LinearModel(features: matrix, hasIntercept: options.hasIntercept)
      }
    }
  }

  private func run<F: LinearFeatures>(
    _ makeModel: () throws -> LinearModel<F>
  ) throws -> Answer where F.Scalar == Double {
    try run(makeModel, loss, solver)
  }

  private func run<F: LinearFeatures>(
    _ makeModel: () throws -> LinearModel<F>, _ loss: some Loss, _ solver: some LinearSolver
  ) throws -> Answer where F.Scalar == Double {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try makeModel()
    let objective = try EmpiricalRisk(
      model: model, loss: loss, targets: targets, ridge: options.ridge)
    let zeros = model.initialParameters
    let result = try minimize(
      objective, from: zeros,
      using: .newton(
        solver: solver, hessianStart: options.startsSubsampled ? .automatic : .full),
      until: [
        .relativeGradientNorm(options.tolerance), .iterations(options.maximumIterations),
      ])
    _ = try model.coefficients(from: result.parameters)
    let duration = clock.now - start
    var answer = done(duration)
    let first = try gradientNorm(of: objective, at: zeros)
    let last = try gradientNorm(of: objective, at: result.parameters)
    answer.metrics = [
      "relativeGradient": last / first,
      "objective": try objective.value(at: result.parameters.span),
      "iterations": Double(result.summary.iterations),
      "innerIterations": Double(result.summary.counts.innerIterations),
    ]
    return answer
  }

  private func gradientNorm(
    of objective: some Objective<Double>, at parameters: [Double]
  ) throws -> Double {
    let counted = CountedObjective<Double>(objective)
    var gradient = parameters
    var span = gradient.mutableSpan
    try counted.gradient(
      at: parameters.span, counted.linearize(at: parameters.span), into: &span)
    return Double.norm(gradient.span)
  }
}

import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

/// What several optimizers learn of the same digits: each tuned on one division of the data, then tried on others.
struct Generalization {
  /// The optimizers.
  enum Method: String, CaseIterable {
    case sketched = "sketched Gauss-Newton"
    case exact = "exact Gauss-Newton"
    case undamped = "undamped Gauss-Newton"
    case sgd = "SGD"
    case adam = "Adam"

    /// What is tuned: the damping, or the step.
    var candidates: [Double] {
      switch self {
      case .sketched, .exact: [1e-3, 0.01, 0.1, 1, 10]
      case .undamped: [0]
      case .sgd: [2, 4, 8]
      case .adam: [0.3, 1, 3]
      }
    }

    /// The optimizer with one of the candidates. Adam's step is in units of 1/√m, by which each weight has to move.
    func optimizer(_ candidate: Double, width: Int, epochs: Int) -> any Optimizer {
      switch self {
      case .sketched:
        GaussNewton(solver: SketchedCGSolver(SparseSignSketcher()), damping: candidate)
      case .exact, .undamped: GaussNewton(solver: CholeskySolver(), damping: candidate)
      case .sgd:
        StochasticGradientDescent(
          step: candidate, momentum: 0.9, isNesterov: true,
          schedule: .cosine(epochs: Double(epochs)))
      case .adam:
        Adam(
          step: candidate / Double(width).squareRoot(), schedule: .cosine(epochs: Double(epochs)))
      }
    }

    var isFirstOrder: Bool { self == .sgd || self == .adam }
  }

  /// What a method did on all divisions.
  struct Result {
    let tuned: Double
    var rootMeanSquares: [Double] = []
    var errorRates: [Double] = []
    var seconds: [Double] = []
  }

  let trainingCount: Int
  let width: Int
  let epochs: Int
  let steps = 8
  let divisions: Int
  let tuningCount: Int
  private(set) var results: [Method: Result] = [:]

  /// The study of a context, made once.
  static func of(_ context: ClaimContext) throws -> Generalization {
    try context.once("generalization") { try Generalization(context) }
  }

  /// What was run, in words.
  var words: String {
    """
    digits by parity, \(trainingCount) samples to train on and \(1797 - trainingCount) to test on, m \(width), \
    \(divisions) random divisions; damping (by exact steps, for sketched ones too) and steps tuned by validation on \
    \(tuningCount) other divisions; \(steps) Gauss-Newton steps against \(epochs) epochs in batches of 32 with a cosine schedule
    """
  }

  /// Tunes and tries all methods.
  private init(_ context: ClaimContext) throws {
    let digits = try Digits()
    trainingCount = context.pick(quick: 400, full: 800)
    width = context.pick(quick: 1024, full: 2048)
    epochs = context.pick(quick: 25, full: 40)
    divisions = context.pick(quick: 5, full: 10)
    tuningCount = 4
    let tasks = try tuningTasks(digits, seed: context.seed)
    for method in Method.allCases {
      // Sketched and exact steps have the same damping, so that what differs is the sketch.
      let candidate =
        method == .sketched
        ? try tuned(.exact, on: tasks, context) : try tuned(method, on: tasks, context)
      results[method] = Result(tuned: candidate)
    }
    for number in 0..<divisions {
      let task = try ParityTask(
        digits, trainingCount: trainingCount, width: width,
        seed: context.seed &+ 1 &+ UInt64(number))
      for method in Method.allCases {
        let (score, seconds) = try run(method, result(method).tuned, on: task, context)
        results[method]?.rootMeanSquares.append(score.rootMeanSquare)
        results[method]?.errorRates.append(score.errorRate)
        results[method]?.seconds.append(seconds)
      }
    }
  }

  /// Divisions to tune on, not those to try methods on: three quarters of as many samples as methods will have are
  /// trained on, the rest validates.
  private func tuningTasks(_ digits: Digits, seed: UInt64) throws -> [ParityTask] {
    try (0..<tuningCount).map { number in
      var order = Array(0..<digits.count)
      let key = RandomKey(seed: seed, purpose: "tuning split", iteration: number)
      var stream = key.stream()
      stream.shuffle(&order)
      return try ParityTask(
        digits, trainingCount: trainingCount * 3 / 4, candidates: Array(order[..<trainingCount]),
        width: width, seed: seed &+ UInt64(number))
    }
  }

  /// The candidate with the least mean validation error.
  private func tuned(
    _ method: Method, on tasks: [ParityTask], _ context: ClaimContext
  ) throws -> Double {
    guard method.candidates.count > 1 else { return method.candidates[0] }
    let errors = try method.candidates.map { candidate in
      let error = try tasks.map {
        try run(method, candidate, on: $0, context).score.rootMeanSquare
      }.mean
      return error.isNaN ? .infinity : error
    }
    return zip(method.candidates, errors).min { $0.1 < $1.1 }?.0 ?? method.candidates[0]
  }

  private func run(
    _ method: Method, _ candidate: Double, on task: ParityTask, _ context: ClaimContext
  ) throws -> (score: ParityTask.Score, seconds: Double) {
    let result = try train(
      method.optimizer(candidate, width: width, epochs: epochs), task,
      steps: method.isFirstOrder ? epochs : steps, context)
    return (try task.score(result.parameters), result.summary.seconds)
  }

  private func train(
    _ optimizer: some Optimizer, _ task: ParityTask, steps: Int, _ context: ClaimContext
  ) throws -> OptimizationResult<Double> {
    let result = try minimize(
      task.objective, from: task.start, using: optimizer,
      until: [.relativeLoss(1e-10), .iterations(steps)], cancellation: context.cancellation,
      seed: context.seed)
    try context.cancellation.check()
    return result
  }

  /// What a method did.
  func result(_ method: Method) -> Result { results[method] ?? Result(tuned: .nan) }

  /// The first-order method with the least mean test error.
  var bestFirstOrder: Method {
    let (sgd, adam) = (result(.sgd).rootMeanSquares, result(.adam).rootMeanSquares)
    return sgd.reduce(0, +) <= adam.reduce(0, +) ? .sgd : .adam
  }
}

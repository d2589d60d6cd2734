import OptimKit
import OptimKitModels
import OptimKitPlugins

/// A whole Gauss-Newton training of the two-layer ReLU network; the time is that from arrays in memory to
/// trained weights.
struct TrainingTask<Scalar: RealScalar>: WorkerTask {
  private let features: Matrix<Scalar>
  private let targets: [Scalar]
  private let signs: Matrix<Scalar>
  private let initial: [Scalar]
  private let solver: any LinearSolver
  private let options: TaskOptions

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    features = try arrays.matrix("X")
    targets = try arrays.vector("y")
    signs = try arrays.matrix("a")
    initial = try arrays.vector("W0")
    solver = try options.makeSolver()
    self.options = options
  }

  func run() throws -> Answer { try run(solver) }

  private func run(_ solver: some LinearSolver) throws -> Answer {
    let clock = ContinuousClock()
    let start = clock.now
    let network = try TwoLayerReLU(features: features, signs: signs)
    let objective = try LeastSquares(network, targets: targets)
    let result = try minimize(
      objective, from: initial, using: .gaussNewton(solver: solver),
      until: [.relativeLoss(options.tolerance), .iterations(options.maximumIterations)])
    let duration = clock.now - start
    return done(
      duration, losses: result.summary.history.map(\.loss),
      metrics: ["innerIterations": Double(result.summary.counts.innerIterations)])
  }
}

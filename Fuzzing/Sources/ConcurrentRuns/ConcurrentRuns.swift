import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins

/// Many runs at once, for the thread sanitizer: they share an objective, the pool of threads and all that the library keeps
/// for the process. Each has to end at the bits that it ends at alone.
@main
enum ConcurrentRuns {
  static func main() async throws {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 3
    // More than there are processors, so that threads of the pool change hands.
    try ComputeEnvironment.setThreadCount(4)
    let problem = try Problem()
    let optimizers = optimizers
    let expected = try optimizers.map { try problem.fit($0) }
    for round in 0..<rounds {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, optimizer) in optimizers.enumerated() {
          group.addTask {
            let parameters = try problem.fit(optimizer)
            guard parameters == expected[number] else {
              throw Difference(optimizer: optimizer.name)
            }
          }
          group.addTask { try await problem.watchAndCancel(optimizer) }
        }
        try await group.waitForAll()
      }
      print("round \(round + 1) of \(rounds): \(2 * optimizers.count) runs at once")
    }
  }

  private static var optimizers: [any Optimizer] {
    let solvers: [any LinearSolver] = [
      AutomaticSolver(), CholeskySolver(), ConjugateGradientSolver(),
      SketchedCGSolver(SparseSignSketcher()), SketchedCGSolver(SRHTSketcher()),
      SketchedCGSolver(TensorSketcher()), SketchedLSQRSolver(SparseSignSketcher()),
      PreconditionedCGSolver(NystromPreconditioning()),
    ]
    return solvers.map { gaussNewton($0) } + [LBFGS(), Adam(step: 0.01), Nesterov()]
  }

  private static func gaussNewton(_ solver: some LinearSolver) -> any Optimizer {
    GaussNewton(solver: solver, damping: 0.01, stepControl: .backtracking)
  }
}

/// A run alone and the same run among others end at other bits.
private struct Difference: Error {
  let optimizer: String
}

/// A network on random samples, shared by all runs.
private struct Problem: Sendable {
  let objective: LeastSquares<TwoLayerReLU<Double>>
  let start: [Double]

  init() throws {
    let (samples, features) = (96, 8)
    var values = [Double](repeating: 0, count: samples * features)
    var targets = [Double](repeating: 0, count: samples)
    var valueSpan = values.mutableSpan
    RandomKey(seed: 1, purpose: "features").fillNormal(&valueSpan)
    var targetSpan = targets.mutableSpan
    RandomKey(seed: 1, purpose: "targets").fillNormal(&targetSpan)
    let network = try TwoLayerReLU(
      features: Matrix(rowCount: samples, columnCount: features, storage: values), width: 512,
      seed: 1)
    objective = try LeastSquares(network, targets: targets)
    start = network.initialParameters(seed: 1)
  }

  func fit(_ optimizer: some Optimizer) throws -> [Double] {
    try minimize(objective, from: start, using: optimizer, until: [.iterations(3)], seed: 7)
      .parameters
  }

  /// A run that one task listens to, and that is cancelled after its second step.
  func watchAndCancel(_ optimizer: some Optimizer) async throws {
    let events = RunEvents()
    let token = CancellationToken()
    let training = Task.detached {
      try minimize(
        objective, from: start, using: optimizer, until: [.iterations(1000)], observers: [events],
        cancellation: token)
    }
    for await event in events {
      if case .iterated(let record) = event, record.iteration >= 2 { token.cancel() }
    }
    _ = try await training.value
  }
}

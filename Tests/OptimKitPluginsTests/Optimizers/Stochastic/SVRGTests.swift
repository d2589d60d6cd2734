import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("SVRG")
struct SVRGTests {
  @Test("converges linearly where stochastic gradient descent with the same step stalls")
  func linearConvergence() throws {
    // A residual remains at the minimum, so that gradients of single samples do not vanish there.
    let problem = try LinearProblem(rows: 60, columns: 4, ridge: 0.01)
    let start = [Double](repeating: 0, count: 4)
    func run(_ optimizer: some Optimizer) throws -> [Double] {
      try minimize(
        problem.objective, from: start, using: optimizer,
        until: [.gradientNorm(1e-11 * problem.scale), .iterations(120)]
      ).summary.history.map { $0.gradientNorm! }
    }
    let reduced = try run(.svrg(step: 1, batchSize: 2))
    #expect(try reduced.last! <= 1e-11 * problem.scale, "\(reduced)")
    // Each stretch of 20 steps reduces the gradient by a factor.
    for i in stride(from: 20, to: reduced.count, by: 20) {
      #expect(reduced[i] < 0.5 * reduced[i - 20], "\(reduced)")
    }
    let plain = try run(.stochasticGradientDescent(step: 1, batchSize: 2))
    #expect(try plain.suffix(40).min()! > 1e-4 * problem.scale)
  }

  @Test("on all samples at once it is gradient descent on the mean")
  func fullBatch() throws {
    let problem = try LinearProblem(rows: 30, columns: 5, ridge: 0.3)
    let start = [Double](repeating: 0.3, count: 5)
    func run(_ optimizer: some Optimizer, _ steps: Int) throws -> [Double] {
      try minimize(problem.objective, from: start, using: optimizer, until: [.iterations(steps)])
        .parameters
    }
    let reduced = try run(.svrg(step: 3, batchSize: 30, epochsPerSnapshot: 2), 5)
    let plain = try run(.gradientDescent(step: .fixed(0.1)), 10)
    #expect(distance(reduced, plain) < 1e-13 * norm(plain))
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for optimizer in [
      SVRG(step: 0), SVRG(step: 1, batchSize: 0), SVRG(step: 1, epochsPerSnapshot: 0),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }
}

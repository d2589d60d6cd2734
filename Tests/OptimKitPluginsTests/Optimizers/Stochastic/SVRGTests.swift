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
    let objective = try noisyProblem()
    func run(_ optimizer: some Optimizer) throws -> [Double] {
      let norms = try minimize(
        objective, from: Double.zeros(4), using: optimizer,
        until: [.gradientNorm(1e-11), .iterations(100)]
      ).summary.history.map { $0.gradientNorm! }
      return norms.map { $0 / norms[0] }
    }
    let reduced = try run(.svrg(step: 4, batchSize: 2))
    #expect(reduced.last! <= 1e-10, "\(reduced)")
    // Each stretch of 10 steps reduces the gradient by a factor.
    for i in stride(from: 10, to: reduced.count, by: 10) {
      #expect(reduced[i] < 0.1 * reduced[i - 10], "\(reduced)")
    }
    let plain = try run(.stochasticGradientDescent(step: 4, batchSize: 2))
    #expect(plain.suffix(40).min()! > 1e-4, "\(plain)")
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

import Foundation
import OptimKit
import OptimKitPlugins
import Testing

@Suite("Nesterov's method")
struct NesterovTests {
  private let conditionNumber = 1000.0

  private func history(_ optimizer: Nesterov, steps: Int) throws -> [IterationRecord] {
    try minimize(
      quadratic(eigenvalues: spectrum(40, to: conditionNumber)),
      from: [Double](repeating: 1, count: 40), using: optimizer, until: [.iterations(steps)]
    ).summary.history
  }

  @Test("keeps the bound 2β‖θ₀ − θ*‖²/(k + 1)² on convex objectives")
  func convex() throws {
    for record in try history(.nesterov(smoothness: conditionNumber, restarts: false), steps: 300)
      .dropFirst()
    {
      let k = Double(record.iteration)
      #expect(record.loss <= 2 * conditionNumber * 40 / ((k + 1) * (k + 1)))
    }
  }

  @Test("contracts by 1 − 1/√κ a step where μ is known")
  func stronglyConvex() throws {
    let history = try history(
      .nesterov(smoothness: conditionNumber, strongConvexity: 1, restarts: false), steps: 600)
    let start = history[0].loss + 40 / 2
    let rate = 1 - 1 / conditionNumber.squareRoot()
    for record in history {
      #expect(record.loss <= start * pow(rate, Double(record.iteration)))
    }
  }

  @Test("restarts reach the rate of √κ without knowing μ or β")
  func restarts() throws {
    func steps(_ optimizer: some Optimizer) throws -> Int {
      try minimize(
        quadratic(eigenvalues: spectrum(40, to: conditionNumber)),
        from: [Double](repeating: 1, count: 40), using: optimizer,
        until: [.relativeLoss(1e-12), .iterations(20000)]
      ).summary.iterations
    }
    let restarted = try steps(.nesterov())
    #expect(Double(restarted) < 15 * conditionNumber.squareRoot())
    #expect(try restarted < steps(.nesterov(smoothness: conditionNumber, restarts: false)))
    #expect(try 5 * restarted < steps(.gradientDescent(step: .smoothness(conditionNumber))))
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for optimizer in [
      Nesterov(smoothness: 0), Nesterov(strongConvexity: -1),
      Nesterov(smoothness: 1, strongConvexity: 2),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }
}

import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Runs of every optimizer, however they are driven")
struct DrivingTests {
  @Test("go through the same bits as minimize: step by step, as a sequence, asynchronously, again")
  func driving() async throws {
    let problem = try LinearProblem(rows: 60, columns: 5, ridge: 0.1)
    for optimizer in OptimizerTests.all { try await check(optimizer, problem.objective) }
  }

  private func check(
    _ optimizer: some Optimizer, _ objective: LeastSquares<DenseLinearModel>
  ) async throws {
    let start = [Double](repeating: 2, count: 5)
    func makeRun() throws -> Run<Double> {
      try Run(
        minimizing: objective, from: start, using: optimizer, until: [.iterations(3)], seed: 2)
    }
    let expected = try minimize(
      objective, from: start, using: optimizer, until: [.iterations(3)], seed: 2)
    let (stepwise, sequence, asynchronous) = (try makeRun(), try makeRun(), try makeRun())
    while try stepwise.advance() != nil {}
    for _ in sequence {}
    for try await _ in asynchronous.steps {}
    for run in [stepwise, sequence, asynchronous] {
      let result = run.finish()
      let place = "\(optimizer.name), \(optimizer.details)"
      #expect(haveSameBits(result.parameters, expected.parameters), "\(place)")
      #expect(
        result.summary.history.map(\.loss) == expected.summary.history.map(\.loss), "\(place)")
      #expect(result.reason == expected.reason, "\(place)")
    }
  }

  @Test("products with the Jacobian are a budget")
  func products() throws {
    let problem = try LinearProblem(rows: 60, columns: 5, ridge: 0.1)
    let result = try minimize(
      problem.objective, from: [Double](repeating: 2, count: 5), using: GradientDescent(),
      until: [.jacobianProducts(7), .iterations(100)])
    #expect(result.reason.status == .stoppedByBudget)
    #expect(result.reason.quantity == .jacobianProducts && result.reason.threshold == 7)
    let products = result.summary.history.map {
      $0.counts.jacobianProducts + $0.counts.transposedJacobianProducts
    }
    #expect(try #require(products.last) >= 7 && products.dropLast().allSatisfy { $0 < 7 })
    #expect(result.reason.value == products.last.map(Double.init))
  }

  @Test("summaries of every optimizer survive encoding as they are")
  func summaries() throws {
    let problem = try LinearProblem(rows: 60, columns: 5, ridge: 0.1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for optimizer in OptimizerTests.all {
      let summary = try summary(optimizer, problem.objective)
      let data = try encoder.encode(summary)
      let copy = try JSONDecoder().decode(RunSummary.self, from: data)
      #expect(try encoder.encode(copy) == data, "\(optimizer.name)")
      #expect(copy.description == summary.description, "\(optimizer.name)")
    }
  }

  private func summary(
    _ optimizer: some Optimizer, _ objective: LeastSquares<DenseLinearModel>
  ) throws -> RunSummary {
    try minimize(
      objective, from: [Double](repeating: 2, count: 5), using: optimizer, until: [.iterations(2)]
    ).summary
  }
}

import OptimKit
import OptimKitMemoryTesting
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Many small fits in one process")
struct ManySmallFitsTests {
  @Test("take no more memory than a few", .enabled(if: countsAllocations))
  func memory() throws {
    let objective = try LeastSquares(
      DenseLinearModel(matrix: tallMatrix(rows: 12, columns: 3, conditionNumber: 3)),
      targets: normalVector(12, seed: 5))
    func fit(_ count: Int) throws {
      for seed in 0..<count {
        _ = try minimize(
          objective, from: [1, 2, 3], using: .gaussNewton(solver: .automatic),
          until: [.iterations(1)], seed: UInt64(seed))
      }
    }
    try fit(10)
    let few = try #require(try allocatedMemory { try fit(10) })
    let many = try #require(try allocatedMemory { try fit(10_000) })
    // A byte that each fit leaves behind would show as ten thousand.
    #expect(many.peakByteCount <= few.peakByteCount + 2000)
  }

  @Test("give the same bits side by side as one after the other")
  func concurrency() async throws {
    let problem = try LinearProblem(rows: 60, columns: 5, ridge: 0.1)
    let optimizers = OptimizerTests.all
    @Sendable func fit(_ optimizer: some Optimizer, _ seed: Int) throws -> [Double] {
      try minimize(
        problem.objective, from: [Double](repeating: 2, count: 5), using: optimizer,
        until: [.iterations(2)], seed: UInt64(seed)
      ).parameters
    }
    let expected = try optimizers.enumerated().map { try fit($1, $0) }
    let found = try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
      for (number, optimizer) in optimizers.enumerated() {
        group.addTask { (number, try fit(optimizer, number)) }
      }
      return try await group.reduce(into: [Int: [Double]]()) { $0[$1.0] = $1.1 }
    }
    for (number, optimizer) in optimizers.enumerated() {
      let parameters = try #require(found[number])
      #expect(haveSameBits(parameters, expected[number]), "\(optimizer.name), \(optimizer.details)")
    }
  }
}

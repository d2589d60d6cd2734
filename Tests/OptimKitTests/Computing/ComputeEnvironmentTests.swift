import OptimKit
import OptimKitTesting
import Testing

@Suite struct ComputeEnvironmentTests {
  @Test func currentEnvironmentIsToldInFull() {
    let environment = ComputeEnvironment.current
    #expect(environment.library.hasPrefix("OpenBLAS"))
    #expect(!environment.kernel.isEmpty)
    #expect(environment.threads >= 1)
    #expect(environment.processorCount >= 1)
    #expect(environment.kernelLevel == .current)
    let text = environment.description
    #expect(text.contains(environment.library))
    #expect(text.contains(environment.kernel))
    #expect(text.contains(environment.kernelLevel.name))
    #expect(text.contains("\(environment.threads) of \(environment.processorCount) threads"))
  }

  @Test(arguments: [0, -1, 257, Int.max])
  func threadCountsOutsideTheirDomainAreRefused(count: Int) {
    #expect(errorKind { try ComputeEnvironment.setThreadCount(count) } == .invalidArgument)
  }
}

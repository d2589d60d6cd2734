import Foundation
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

  @Test func environmentIsReadableInJSON() throws {
    let environment = ComputeEnvironment.current
    let data = try JSONEncoder().encode(environment)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"kernelLevel\":\"\(environment.kernelLevel.name)\""))
    for name in environment.processorFeatures.names { #expect(text.contains("\"\(name)\"")) }
    #expect(try JSONDecoder().decode(ComputeEnvironment.self, from: data) == environment)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(KernelLevel.self, from: Data("\"abacus\"".utf8))
    }
  }

  @Test(arguments: [0, -1, 257, Int.max])
  func threadCountsOutsideTheirDomainAreRefused(count: Int) {
    #expect(errorKind { try ComputeEnvironment.setThreadCount(count) } == .invalidArgument)
  }
}

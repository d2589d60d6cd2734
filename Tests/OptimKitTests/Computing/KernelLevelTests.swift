import OptimKit
import Testing

@Suite struct KernelLevelTests {
  @Test func levelsAreOrderedAndNamed() {
    #expect(KernelLevel.allCases.map(\.name) == ["portable", "avx2", "avx512", "avx512-vpopcntdq"])
    #expect(KernelLevel.allCases == KernelLevel.allCases.sorted())
    #expect(KernelLevel.current <= .supported)
  }

  @Test func featuresMatchTheSupportedLevel() {
    let features = ProcessorFeatures.current
    #expect(features.contains(.avx2) == (KernelLevel.supported >= .avx2))
    #expect(features.contains(.avx512) == (KernelLevel.supported >= .avx512))
    #expect(
      features.contains(.avx512PopulationCount)
        == (KernelLevel.supported >= .avx512PopulationCount))
    #expect(ProcessorFeatures([.avx2, .avx512PopulationCount]).names == ["AVX2", "VPOPCNTDQ"])
  }
}

import OptimKit
import Testing

@Suite struct OpenBLASRuntimeTests {
  @Test(
    arguments: [
      ("Prescott", ProcessorFeatures([.avx2, .avx512]), "SkylakeX"),
      ("prescott", [.avx2], "Haswell"),
      ("Nehalem", [.avx2, .avx512, .avx512PopulationCount], "SkylakeX"),
      ("Prescott", [], nil),
      ("Haswell", [.avx2, .avx512], nil),
      ("SkylakeX", [.avx2, .avx512], nil),
      ("Zen", [.avx2], nil),
      ("Cooperlake", [.avx2, .avx512], nil),
    ] as [(String, ProcessorFeatures, String?)])
  func baselineKernelsAreReplacedWhereTheProcessorCanDoBetter(
    current: String, features: ProcessorFeatures, expected: String?
  ) {
    #expect(OpenBLASRuntime.betterKernel(than: current, features: features) == expected)
  }
}

import CKernels

/// The instruction-set extensions that matter to the kernels.
public struct ProcessorFeatures: OptionSet, Hashable, Sendable, Codable {
  /// The raw bits.
  public let rawValue: Int

  /// Creates a set from raw bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// AVX2, FMA and POPCNT.
  public static let avx2 = Self(rawValue: 1 << 0)
  /// AVX-512 F, BW, DQ and VL.
  public static let avx512 = Self(rawValue: 1 << 1)
  /// AVX-512 VPOPCNTDQ.
  public static let avx512PopulationCount = Self(rawValue: 1 << 2)

  /// What this processor and operating system support.
  public static let current: Self =
    switch optimkit_supported_level() {
    case OPTIMKIT_LEVEL_AVX512_POPCNT: [.avx2, .avx512, .avx512PopulationCount]
    case OPTIMKIT_LEVEL_AVX512: [.avx2, .avx512]
    case OPTIMKIT_LEVEL_AVX2: [.avx2]
    default: []
    }

  /// The names of the extensions in the set.
  public var names: [String] {
    let all: [(Self, String)] = [
      (.avx2, "AVX2"), (.avx512, "AVX-512"), (.avx512PopulationCount, "VPOPCNTDQ"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }
}

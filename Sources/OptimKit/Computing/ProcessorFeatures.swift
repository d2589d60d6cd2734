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

  private static let named: [(Self, String)] = [
    (.avx2, "AVX2"), (.avx512, "AVX-512"), (.avx512PopulationCount, "VPOPCNTDQ"),
  ]

  /// The names of the extensions in the set.
  public var names: [String] { Self.named.filter { contains($0.0) }.map(\.1) }

  /// Decodes an array of names; those that this version does not know are left out.
  public init(from decoder: any Decoder) throws {
    let names = try decoder.singleValueContainer().decode([String].self)
    self = Self(Self.named.filter { names.contains($0.1) }.map(\.0))
  }

  /// Encodes the names.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(names)
  }
}

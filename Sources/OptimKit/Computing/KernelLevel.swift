import CKernels
import Foundation

/// The instruction-set level of OptimKit's own kernels.
///
/// The best level that the processor supports is used, unless the environment variable
/// `OPTIMKIT_SIMD` names a lower one (`portable`, `avx2`, `avx512`, `avx512-vpopcntdq`), as tests and
/// comparisons do.
public enum KernelLevel: Int, CaseIterable, Comparable, Hashable, Sendable, Codable {
  /// Plain C.
  case portable = 0
  /// AVX2, FMA and POPCNT.
  case avx2 = 1
  /// AVX-512 F, BW, DQ and VL.
  case avx512 = 2
  /// AVX-512 with VPOPCNTDQ.
  case avx512PopulationCount = 3

  /// The level in use, fixed for the life of the process.
  public static let current: Self = {
    let requested = ProcessInfo.processInfo.environment["OPTIMKIT_SIMD"]
      .flatMap { name in allCases.first { $0.name == name } }
    return min(requested ?? .supported, .supported)
  }()

  /// The best level that this processor supports.
  public static var supported: Self {
    Self(rawValue: Int(optimkit_supported_level().rawValue)) ?? .portable
  }

  /// The name that `OPTIMKIT_SIMD` takes.
  public var name: String { String(cString: optimkit_level_name(cLevel)) }

  /// Orders levels by what they require of the processor.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Decodes the name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let level = Self.allCases.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no kernel level \(name)")
    }
    self = level
  }

  /// Encodes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  package var cLevel: optimkit_level { optimkit_level(UInt32(rawValue)) }
}

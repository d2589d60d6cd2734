import COpenBLAS
import Foundation

/// Gets OpenBLAS ready before its first use, and owns its process-wide settings.
package enum OpenBLASRuntime {
  /// Kernels that OpenBLAS falls back to on processors newer than itself.
  private static let baselineKernels: Set<String> = [
    "katmai", "coppermine", "northwood", "prescott", "banias", "core2", "penryn", "dunnington",
    "nehalem", "athlon", "opteron", "opteron_sse3", "barcelona", "bobcat", "atom", "unknown",
  ]

  /// The kernel that should replace `current`, or nil where OpenBLAS chose well.
  package static func betterKernel(than current: String, features: ProcessorFeatures) -> String? {
    guard baselineKernels.contains(current.lowercased()) else { return nil }
    if features.contains(.avx512) { return "SkylakeX" }
    if features.contains(.avx2) { return "Haswell" }
    return nil
  }

  /// The kernel name that OpenBLAS reports.
  static var kernel: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

  /// Replaces a baseline kernel on a processor that can do better, unless the user chose one with
  /// OPENBLAS_CORETYPE. Every routine table touches this before its first call into BLAS; it runs once.
  static let isReady: Bool = {
    let variable = "OPENBLAS_CORETYPE"
    guard getenv(variable) == nil,
      let better = betterKernel(than: kernel, features: .current)
    else { return true }
    setenv(variable, better, 1)
    _ = optimkit_openblas_reinitialize()
    // The variable speaks to this library only; child processes choose for themselves.
    unsetenv(variable)
    return true
  }()
}

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

  /// `OPENBLAS_NUM_THREADS`, where it is set.
  static let requestedThreadCount = getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) }

  /// The number of threads that OpenBLAS found: `OPENBLAS_NUM_THREADS`, or one a processor.
  static let initialThreadCount = max(1, Int(openblas_get_num_threads()))

  /// Replaces a baseline kernel on a processor that can do better, unless the user chose one with
  /// OPENBLAS_CORETYPE. Leaves OpenBLAS with one thread: OptimKit's own pool shares out the work, and two
  /// sets of threads would wait for each other's processors. Every routine table touches this before its
  /// first call into BLAS; it runs once.
  static let isReady: Bool = {
    replaceBaselineKernel()
    _ = initialThreadCount
    openblas_set_num_threads(1)
    return true
  }()

  private static func replaceBaselineKernel() {
    let variable = "OPENBLAS_CORETYPE"
    guard getenv(variable) == nil,
      let better = betterKernel(than: kernel, features: .current)
    else { return }
    setenv(variable, better, 1)
    _ = optimkit_openblas_reinitialize()
    // The variable speaks to this library only; child processes choose for themselves.
    unsetenv(variable)
  }
}

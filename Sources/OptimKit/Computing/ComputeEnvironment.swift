import COpenBLAS
import Foundation

/// What the numbers were computed with: library, kernels, threads, processor.
///
/// Times mean nothing without it, so every summary carries one.
public struct ComputeEnvironment: Hashable, Sendable, Codable {
  /// The BLAS library and its version, such as "OpenBLAS 0.3.21".
  public let library: String
  /// The OpenBLAS kernel in use, such as "SkylakeX".
  public let kernel: String
  /// The level of OptimKit's own kernels.
  public let kernelLevel: KernelLevel
  /// Threads in use. OptimKit shares out the work; OpenBLAS runs on one thread of its own in each piece.
  public let threads: Int
  /// Threads that the processor can run at once.
  public let processorCount: Int
  /// Instruction-set extensions of the processor that kernels can use.
  public let processorFeatures: ProcessorFeatures

  /// The environment as it is now.
  public static var current: Self {
    _ = OpenBLASRuntime.isReady
    return Self(
      library: library,
      kernel: OpenBLASRuntime.kernel,
      kernelLevel: .current,
      threads: ThreadPool.threadCount,
      processorCount: processorCount,
      processorFeatures: .current)
  }

  /// Sets the number of threads, for the whole process.
  ///
  /// The default is what OpenBLAS found (`OPENBLAS_NUM_THREADS`, or one thread a processor).
  ///
  /// - Throws: ``OptimKitError`` where `count` is not in 1...256.
  public static func setThreadCount(_ count: Int) throws {
    guard (1...256).contains(count) else {
      throw OptimKitError(
        .invalidArgument, cause: "the number of threads is \(count)",
        remedy: "choose a number from 1 to 256")
    }
    ThreadPool.setThreadCount(count)
  }

  /// The first two words of OpenBLAS's own description, such as "OpenBLAS 0.3.21".
  private static let library: String = {
    guard let text = openblas_get_config() else { return "OpenBLAS" }
    return String(cString: text).split(separator: " ").prefix(2).joined(separator: " ")
  }()

  private static let processorCount = ProcessInfo.processInfo.activeProcessorCount
}

extension ComputeEnvironment: CustomStringConvertible {
  /// One line for reports.
  public var description: String {
    let features = processorFeatures.names.joined(separator: ", ")
    return "\(library), kernel \(kernel), own kernels \(kernelLevel.name), "
      + "\(threads) of \(processorCount) threads, \(features.isEmpty ? "no SIMD extensions" : features)"
  }
}

import Foundation
import OptimKit

/// The machine, for reports.
enum Machine {
  /// Threads that it can run at once.
  static var processorCount: Int { ComputeEnvironment.current.processorCount }

  /// The processor's name, its processors, and the extensions that kernels use.
  static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let name = text.split(separator: "\n").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let features = ComputeEnvironment.current.processorFeatures.names.joined(separator: ", ")
    return "\(name ?? "unknown") (\(features)), \(processorCount) processors"
  }

  /// The operating system.
  static var system: String { ProcessInfo.processInfo.operatingSystemVersionString }
}

import Foundation

/// The memory of this machine, asked for once: that is a call of the system.
enum MachineMemory {
  /// Bytes.
  static let byteCount = Double(ProcessInfo.processInfo.physicalMemory)
}

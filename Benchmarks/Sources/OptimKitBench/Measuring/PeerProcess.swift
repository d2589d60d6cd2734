import Foundation
import OptimKit

/// A contestant at work in a process of its own, which answers a line to each line.
final class PeerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()

  /// Starts the process.
  init(_ contestant: Contestant, _ options: Options) throws {
    if contestant.library == .optimKit {
      process.executableURL = Bundle.main.executableURL
      process.arguments = [Worker.argument]
    } else {
      process.executableURL = URL(filePath: options.python)
      process.arguments = ["\(options.peers)/\(contestant.library.rawValue)_peer.py"]
    }
    process.environment = Self.environment(threads: options.threads)
    process.standardInput = input
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw Self.failure("cannot be started here")
    }
  }

  /// What makes glibc keep freed memory, in large pages: a virtual machine may give it back to its host, which takes
  /// as long as some of the races to bring it again, and longer after each rest.
  static let keptMemory =
    "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"

  /// The same threads and the same care of memory for all, and the best kernel that each BLAS finds for the processor.
  private static func environment(threads: Int) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["OPENBLAS_CORETYPE"] = nil
    environment["OPENBLAS_L2_SIZE"] = nil
    // NPROC is what XLA asks for.
    for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"] {
      environment[name] = String(threads)
    }
    environment["JAX_PLATFORMS"] = "cpu"
    environment["GLIBC_TUNABLES"] = keptMemory
    return environment
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Throws: What the contestant says is wrong, or that it ended.
  func ask(_ request: Request) throws -> Answer {
    try? input.fileHandleForWriting.write(
      contentsOf: JSONEncoder().encode(request) + Data("\n".utf8))
    guard let line = readLine() else {
      throw Self.failure("is missing or cannot be run here")
    }
    let answer = try JSONDecoder().decode(Answer.self, from: line)
    if answer.status == .failed { throw Self.failure(answer.reason ?? "failed") }
    return answer
  }

  /// Ends the process.
  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func readLine() -> Data? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeSubrange(...end) }
        return Data(pending[..<end])
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }

  private static func failure(_ cause: String) -> OptimKitError {
    OptimKitError(.missingCapability, cause: cause, remedy: "see Benchmarks/README.md")
  }
}

import Foundation
import OptimKit
import OptimKitTesting
import Testing

/// Disks that are full and folders that are read-only, for the superuser too: a file system in memory, mounted for the test.
@Suite(
  "Checkpoints on a full or read-only disk",
  .enabled(if: SmallDisk.isAvailable, "no file system can be mounted here"))
struct FullDiskTests {
  private func run(_ sink: (any CheckpointSink)?, steps: Int = 5) throws
    -> OptimizationResult<Double>
  {
    // Parameters of 24 KB.
    let start = [Double](repeating: 1, count: 3000)
    return try minimize(
      Parabola(parameterCount: 3000), from: start, using: GradientDescent(),
      until: [.iterations(steps)],
      checkpoints: sink.map { CheckpointPolicy(to: $0, iterations: 1) })
  }

  @Test("those that fit stay, the others cost a warning, and the run ends at the same bits")
  func full() throws {
    let disk = try SmallDisk(kilobytes: 64)
    let file = try CheckpointFile(disk.folder.appending(path: "run"))
    let (plain, saved) = (try run(nil), try run(file))
    #expect(saved.parameters == plain.parameters && saved.summary.iterations == 5)
    #expect(saved.summary.warnings.contains { $0.contains("the disk has room") })
    let loaded = try #require(try file.load())
    #expect(loaded.refusals.isEmpty)
    #expect((1..<5).contains(loaded.checkpoint.iteration))
    let names = try FileManager.default.contentsOfDirectory(atPath: disk.folder.path).sorted()
    #expect(names == ["run", "run.1"], "nothing half-written is left")
    let resumed = try minimize(
      Parabola(parameterCount: 3000), resuming: loaded.checkpoint, using: GradientDescent(),
      until: [.iterations(5)])
    #expect(resumed.parameters == plain.parameters)
  }

  @Test("what was saved before the folder became read-only stays")
  func readOnly() throws {
    let disk = try SmallDisk(kilobytes: 256)
    let file = try CheckpointFile(disk.folder.appending(path: "run"))
    _ = try run(file, steps: 2)
    try disk.makeReadOnly()
    let result = try run(file, steps: 3)
    #expect(result.summary.iterations == 3)
    #expect(result.summary.warnings.count == 1)
    #expect(result.summary.warnings[0].contains("a checkpoint was not saved"))
    #expect(try file.load()?.checkpoint.iteration == 2)
  }
}

/// A file system in memory that is gone when its owner lets go of it.
private final class SmallDisk {
  static let isAvailable = (try? SmallDisk(kilobytes: 64)) != nil

  let folder: URL

  init(kilobytes: Int) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path])
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit {
    try? Self.run("umount", [folder.path])
    try? FileManager.default.removeItem(at: folder)
  }

  func makeReadOnly() throws {
    try Self.run("mount", ["-o", "remount,ro", folder.path])
  }

  private struct Refused: Error {}

  private static func run(_ command: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refused() }
  }
}

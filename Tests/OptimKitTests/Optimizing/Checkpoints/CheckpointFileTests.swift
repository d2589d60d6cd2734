import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite("Files of checkpoints")
struct CheckpointFileTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func run(_ sink: any CheckpointSink, iterations: Int? = 1) throws
    -> OptimizationResult<Double>
  {
    try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(5)],
      checkpoints: CheckpointPolicy(to: sink, iterations: iterations))
  }

  @Test("hold the last ones, the newest under the name itself, and nothing else is left")
  func rotation() throws {
    try withFolder { folder in
      let file = try CheckpointFile(folder.appending(path: "run"), keeping: 3)
      #expect(try file.load() == nil)
      #expect(try run(file).summary.warnings.isEmpty)
      #expect(try file.load()?.checkpoint.iteration == 5)
      for age in 0..<3 {
        #expect(try CheckpointFile.read(file.url(age: age)).iteration == 5 - age)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["run", "run.1", "run.2"])
    }
  }

  @Test("are written in their intervals, and at the end")
  func intervals() throws {
    final class Counter: CheckpointSink, @unchecked Sendable {
      var iterations: [Int] = []
      func save(_ checkpoint: Checkpoint) { iterations.append(checkpoint.iteration) }
    }
    let (every, end, always) = (Counter(), Counter(), Counter())
    _ = try run(every, iterations: 2)
    _ = try run(end, iterations: nil)
    _ = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(2)],
      checkpoints: CheckpointPolicy(to: always, seconds: 0))
    #expect(every.iterations == [2, 4, 5])
    #expect(end.iterations == [5])
    #expect(always.iterations == [1, 2])
  }

  @Test("that are damaged make way for the one before")
  func fallback() throws {
    try withFolder { folder in
      let file = try CheckpointFile(folder.appending(path: "run"))
      _ = try run(file)
      try Data("torn".utf8).write(to: file.url)
      let loaded = try #require(try file.load())
      #expect(loaded.checkpoint.iteration == 4)
      #expect(loaded.refusals.count == 1 && loaded.refusals[0].contains("is not a checkpoint"))
      try FileManager.default.removeItem(at: file.url)
      #expect(try file.load()?.checkpoint.iteration == 4)
      try Data(CheckpointTests.makeCheckpoint().serialized().dropLast(9)).write(
        to: file.url(age: 1))
      #expect(errorKind { try file.load() } == .unreadableFile)
    }
  }

  @Test("that cannot be written cost a warning, and neither the run nor what is there")
  func unwritable() throws {
    try withFolder { folder in
      let blocked = folder.appending(path: "file")
      try Data("text".utf8).write(to: blocked)
      for path in [blocked.appending(path: "run"), folder.appending(path: "missing/run")] {
        let result = try run(try CheckpointFile(path))
        #expect(result.reason.status == .stoppedByBudget && result.summary.iterations == 5)
        #expect(result.summary.warnings.count == 1)
        #expect(result.summary.warnings[0].contains("a checkpoint was not saved"))
      }
      #expect(try String(contentsOf: blocked, encoding: .utf8) == "text")
    }
  }

  @Test("and their intervals are validated")
  func validation() throws {
    let url = FileManager.default.temporaryDirectory
    #expect(errorKind { try CheckpointFile(url, keeping: 0) } == .invalidArgument)
    let file = try CheckpointFile(url)
    for policy in [
      CheckpointPolicy(to: file, iterations: 0), CheckpointPolicy(to: file, seconds: .nan),
    ] {
      #expect(
        errorKind {
          try minimize(
            Parabola(), from: [1], using: GradientDescent(), checkpoints: policy)
        } == .invalidArgument)
    }
  }
}

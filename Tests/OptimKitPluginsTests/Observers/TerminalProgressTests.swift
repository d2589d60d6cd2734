import Foundation
import OptimKit
import OptimKitPlugins
import Testing

@Suite("Terminal progress")
struct TerminalProgressTests {
  @Test("prints a line for the start and for each iteration, and the end")
  func lines() throws {
    let pipe = Pipe()
    let problem = try LinearProblem(rows: 10, columns: 3, ridge: 0)
    let result = try minimize(
      problem.objective, from: [1, 2, 3], using: .gaussNewton(solver: .conjugateGradient()),
      until: [.iterations(3)], observers: [TerminalProgress(output: pipe.fileHandleForWriting)])
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[0].contains("Gauss-Newton (cg solver, full steps)"))
    for iteration in 0...3 {
      let fields = lines[iteration + 2].split(separator: " ")
      #expect(fields[0] == "\(iteration)")
      let loss = try #require(Double(fields[1]))
      let expected = result.summary.history[iteration].loss
      #expect(abs(loss - expected) <= 1e-6 * abs(expected))
    }
    #expect(lines[6] == result.summary.briefDescription)
  }
}

extension TerminalProgressTests {
  @Test("shows one live line with a bar, loss and the time that is left")
  func bar() throws {
    let pipe = Pipe()
    let observer = TerminalProgress(output: pipe.fileHandleForWriting, style: .bar)
    let description = RunDescription(
      optimizer: "name", details: "", scalar: "float64", parameterCount: 1, outputCount: 1,
      stopping: [.relativeLoss(1e-4), .iterations(100)], seed: 0)
    func record(_ iteration: Int, _ loss: Double, seconds: Double) -> IterationRecord {
      IterationRecord(
        iteration: iteration, loss: loss, relativeLoss: loss, lossRatio: 0.1,
        elapsedSeconds: seconds)
    }
    observer.runDidBegin(description, start: record(0, 1, seconds: 0))
    observer.runDidIterate(record(1, 1e-1, seconds: 1))
    observer.runDidIterate(record(2, 1e-2, seconds: 1.01))
    observer.runDidIterate(record(3, 1e-3, seconds: 3))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let parts = text.components(separatedBy: "\r")
    #expect(parts.count == 3)
    #expect(parts[1].hasPrefix("[#####---------------] iteration 1, loss 1.0000e-01"))
    #expect(parts[2].hasPrefix("[###############-----] iteration 3"))
    #expect(parts[2].contains("about 1 s left"))
  }

  @Test("shows lines where a bar is for a terminal and there is none")
  func automatic() throws {
    func output(_ style: TerminalProgress.Style) throws -> String {
      let pipe = Pipe()
      let problem = try LinearProblem(rows: 10, columns: 3, ridge: 0)
      _ = try minimize(
        problem.objective, from: [1, 2, 3], using: .gaussNewton(solver: .exact),
        until: [.iterations(1)],
        observers: [TerminalProgress(output: pipe.fileHandleForWriting, style: style)])
      try pipe.fileHandleForWriting.close()
      return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    let automatic = try output(.auto)
    #expect(automatic.contains("iteration          loss") && !automatic.contains("\r"))
    #expect(try output(.bar).contains("\r["))
  }
}

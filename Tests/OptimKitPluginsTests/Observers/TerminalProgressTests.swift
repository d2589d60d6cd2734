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

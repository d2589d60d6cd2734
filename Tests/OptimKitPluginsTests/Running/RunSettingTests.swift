import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Settings as given and as used")
struct RunSettingTests {
  private func settings(
    _ optimizer: some Optimizer, rows: Int = 60, columns: Int = 5
  ) throws -> (RunSummary, [RunSetting.Name: RunSetting]) {
    let problem = try LinearProblem(rows: rows, columns: columns, ridge: 0.1)
    let summary = try minimize(
      problem.objective, from: [Double](repeating: 2, count: columns), using: optimizer,
      until: [.iterations(2)]
    ).summary
    let pairs = summary.settings.map { ($0.name, $0) }
    return (summary, Dictionary(uniqueKeysWithValues: pairs))
  }

  @Test("tell what the automatic solver chose, how accurately it solved, and on how many threads")
  func automatic() throws {
    let (summary, settings) = try settings(
      .gaussNewton(solver: .automatic, innerTolerance: .fixed(0.3)))
    #expect(settings[.solver]?.given == "automatic")
    #expect(settings[.solver]?.used == "exact Cholesky in 2 steps")
    #expect(settings[.factorization]?.given == nil)
    #expect(settings[.factorization]?.used == "Cholesky in 2 steps")
    #expect(settings[.innerTolerance]?.given == "0.3" && settings[.innerTolerance]?.used == "0.3")
    #expect(settings[.stepLength]?.given == "full steps" && settings[.stepLength]?.used == "1")
    #expect(settings[.threads]?.used == "\(summary.environment.threads)")
    #expect(settings[.sketch] == nil)
  }

  @Test("tell the size of sketches and how often preconditioners were kept")
  func sketched() throws {
    let (summary, settings) = try settings(
      .gaussNewton(solver: .sketchedCG(.sparseSign(), precision: .single)))
    #expect(settings[.solver]?.given == "sketched" && settings[.solver]?.used == "sketched")
    #expect(settings[.sketch]?.given == "sparse-sign")
    #expect(settings[.sketchRows]?.given == "4.0 a column")
    #expect(settings[.sketchRows]?.used == "20")
    #expect(settings[.preconditioner]?.used?.contains("made, kept in") == true)
    #expect(settings[.factorization]?.given == "single precision")
    #expect(settings[.innerTolerance]?.given == "adaptive, at most 0.1")
    let lines = summary.description.split(separator: "\n")
    let head = try #require(lines.first { $0.hasPrefix("  settings") })
    #expect(head.contains("given") && head.contains("used"))
    let row = try #require(lines.first { $0.hasPrefix("    sketch rows") })
    #expect(row.contains("4.0 a column") && row.hasSuffix("20"))
    // The columns of the table stand below their headings.
    let column = try #require(head.range(of: "given")).lowerBound
    let place = head.distance(from: head.startIndex, to: column)
    #expect(row.dropFirst(place).hasPrefix("4.0"))
  }

  @Test("survive a trip through JSON, and are told of optimizers without a solver too")
  func coding() throws {
    let (summary, settings) = try settings(LBFGS())
    #expect(Set(settings.keys) == [.stepLength, .threads])
    #expect(try roundTrip(summary).settings == summary.settings)
    #expect(try roundTrip(summary.run) == summary.run)
  }
}

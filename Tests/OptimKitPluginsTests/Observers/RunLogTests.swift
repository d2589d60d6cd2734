import Foundation
import OptimKit
import OptimKitPlugins
import Testing

@Suite("Logs, plots and reports")
struct RunLogTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func run(_ observers: [any Observer], iterations: Int = 3) throws -> RunSummary {
    let problem = try LinearProblem(rows: 20, columns: 3, ridge: 0.1)
    return try minimize(
      problem.objective, from: [1, 2, 3],
      using: .gaussNewton(solver: .automatic, innerTolerance: .fixed(0.3)),
      until: [.gradientNorm(1e-300), .iterations(iterations)], observers: observers
    ).summary
  }

  @Test("JSON Lines hold every record, readable by the types that wrote them")
  func jsonLines() throws {
    struct Line: Decodable {
      let event: String
      let record: IterationRecord?
      let run: RunDescription?
    }
    try withFolder { folder in
      let url = folder.appending(path: "run.jsonl")
      let summary = try run([JSONLinesLog(url)])
      let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      let decoded = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
      #expect(decoded.map(\.event) == ["begin", "iteration", "iteration", "iteration", "end"])
      #expect(decoded.compactMap(\.record) == summary.history)
      #expect(decoded[0].run == summary.run)
      _ = try run([JSONLinesLog(url, appending: true)])
      #expect(try String(contentsOf: url, encoding: .utf8).split(separator: "\n").count == 10)
    }
  }

  @Test("CSV holds headings and a row for each record")
  func csv() throws {
    try withFolder { folder in
      let url = folder.appending(path: "run.csv")
      let summary = try run([CSVLog(url)])
      let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 5)
      #expect(lines[0] == CSVLog.columns.joined(separator: ",")[...])
      for (line, record) in zip(lines.dropFirst(), summary.history) {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        #expect(Int(fields[0]) == record.iteration && Double(fields[1]) == record.loss)
        #expect(Double(fields[4]) == record.gradientNorm)
      }
    }
  }

  @Test("histories keep records, and iterates where asked to")
  func history() throws {
    let history = RunHistory<Double>(keepingIteratesEvery: 2)
    let summary = try run([history], iterations: 4)
    #expect(history.records == summary.history)
    #expect(history.iterates.map(\.iteration) == [2, 4])
    #expect(history.summary?.reason == summary.reason)
  }

  @Test("plots and reports are well-formed, refer to nothing, and tell of every iteration")
  func report() throws {
    try withFolder { folder in
      let (plot, page) = (folder.appending(path: "run.svg"), folder.appending(path: "run.html"))
      let summary = try run([ConvergencePlot(plot), HTMLReport(page)])
      #expect(summary.warnings.isEmpty)
      let svg = try String(contentsOf: plot, encoding: .utf8)
      try requireWellFormed(svg)
      let html = try String(contentsOf: page, encoding: .utf8)
      let start = try #require(html.range(of: "<h1>")).lowerBound
      let end = try #require(html.range(of: "</body>")).lowerBound
      try requireWellFormed("<body>" + html[start..<end] + "</body>")
      for word in ["<script", "href=", "src=", "@import", "url("] { #expect(!html.contains(word)) }
      #expect(html.components(separatedBy: "<tr>").count == summary.history.count + 2)
      for text in ["Convergence", "Seconds by phase", "factorization", "How each system"] {
        #expect(html.contains(text), "\(text)")
      }
    }
  }

  @Test("reports escape what names contain")
  func escaping() throws {
    let criterion = StoppingCriterion.when("<b>&\"'") { $0.iteration == 1 }
    let problem = try LinearProblem(rows: 20, columns: 3, ridge: 0.1)
    let summary = try minimize(
      problem.objective, from: [1, 2, 3], using: .gaussNewton(solver: .exact), until: [criterion]
    ).summary
    let html = HTMLReport.html(of: summary)
    #expect(!html.contains("<b>") && html.contains("&lt;b&gt;&amp;&quot;&#39;"))
  }

  @Test("files that cannot be written cost a warning, not the run")
  func unwritable() throws {
    try withFolder { folder in
      let file = folder.appending(path: "file")
      try Data("text".utf8).write(to: file)
      let below = file.appending(path: "log")
      let full = URL(filePath: "/dev/full")
      var observers: [any Observer] = [
        JSONLinesLog(below), CSVLog(below), HTMLReport(below), ConvergencePlot(below),
      ]
      if FileManager.default.fileExists(atPath: full.path) {
        observers += [JSONLinesLog(full, appending: true), CSVLog(full, appending: true)]
      }
      let plain = try run([])
      let summary = try run(observers)
      #expect(summary.warnings.count == observers.count)
      #expect(summary.history.map(\.loss) == plain.history.map(\.loss))
      #expect(try String(contentsOf: file, encoding: .utf8) == "text")
    }
  }

  private func requireWellFormed(_ text: String) throws {
    // An XML parser is not in every Foundation; a stack of tags is enough for what we write.
    var open: [Substring] = []
    for part in text.split(separator: "<", omittingEmptySubsequences: true) {
      guard let end = part.firstIndex(of: ">") else {
        #expect(open.isEmpty && !part.contains("&&"), "\(part)")
        continue
      }
      let tag = part[..<end]
      if tag.hasSuffix("/") || tag.hasPrefix("!") { continue }
      let name = tag.prefix { !$0.isWhitespace }
      if name.hasPrefix("/") {
        #expect(open.popLast() == name.dropFirst(), "\(name)")
      } else {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }
}

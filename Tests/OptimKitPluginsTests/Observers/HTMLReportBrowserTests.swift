import Foundation
import OptimKit
import OptimKitPlugins
import Testing

/// What a browser says of a report. Skipped where there is none: the report is checked as text in any case.
@Suite("Reports in a browser", .enabled(if: Browser.installed != nil, "no Chromium is installed"))
struct HTMLReportBrowserTests {
  @Test("are read without a complaint, and show their plots, tables and figures")
  func report() throws {
    let browser = try #require(Browser.installed)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appending(path: "run.html")
    let problem = try LinearProblem(rows: 200, columns: 30, ridge: 0.1)
    let summary = try minimize(
      problem.objective, from: [Double](repeating: 1, count: 30),
      using: .gaussNewton(solver: .sketchedCG(.sparseSign(), oversampling: 2)),
      until: [.iterations(3), .gradientNorm(1e-300)],
      observers: [HTMLReport(page)]
    ).summary
    let (document, log) = try browser.open(page, profile: folder.appending(path: "profile"))
    #expect(document.contains("<h2>Summary</h2>"))
    // Loss, iterations of the linear solver, and seconds by phase; two lines, and bars in both of the others.
    #expect(document.components(separatedBy: "</svg>").count == 4)
    #expect(document.components(separatedBy: "<polyline").count == 3)
    #expect(document.components(separatedBy: "<rect").count > 6)
    #expect(document.components(separatedBy: "<tr>").count == summary.history.count + 2)
    #expect(document.contains("settings") && document.contains("Convergence"))
    let complaints = log.split(separator: "\n").filter { $0.contains(":CONSOLE") }
    #expect(complaints.isEmpty, "\(complaints)")
  }
}

/// A Chromium on this machine.
private struct Browser {
  let url: URL

  /// The first that is found on the path.
  static let installed: Browser? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders {
        let url = URL(filePath: "\(folder)/\(name)")
        if FileManager.default.isExecutableFile(atPath: url.path) { return Browser(url: url) }
      }
    }
    return nil
  }()

  /// The document as the browser has understood it, and what it logged.
  func open(_ page: URL, profile: URL) throws -> (document: String, log: String) {
    let process = Process()
    process.executableURL = url
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-extensions", "--disable-background-networking", "--timeout=5000",
      "--user-data-dir=\(profile.path)", "--enable-logging=stderr", "--dump-dom",
      page.absoluteString,
    ]
    // Files, not pipes: the browser's helpers may hold a pipe open.
    let folder = page.deletingLastPathComponent()
    let files = ["document", "log"].map { folder.appending(path: $0) }
    let handles = try files.map { file in
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      return try FileHandle(forWritingTo: file)
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (texts[0], texts[1])
  }
}

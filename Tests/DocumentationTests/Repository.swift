import Foundation

/// The files of this repository.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All Markdown that readers are meant for: at the root, in docs/, and in the catalogues.
  static func documentation() throws -> [URL] {
    let top = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
      .filter { $0.hasSuffix(".md") }.map { root.appending(path: $0) }
    return try top
      + ["docs", "Sources", "Examples"].flatMap {
        try files(below: root.appending(path: $0), ending: ".md")
      }
  }

  /// Files whose path ends so, in a folder and those within it, but not in what was built.
  static func files(below folder: URL, ending suffix: String) throws -> [URL] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(suffix) && !$0.contains(".build") }.map { folder.appending(path: $0) }
  }

  static func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
  }
}

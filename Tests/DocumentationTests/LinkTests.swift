import Foundation
import Testing

/// What the documentation points to in this repository is there.
@Suite("Paths in the documentation")
struct LinkTests {
  @Test("of links exist")
  func links() throws {
    let link = /\]\(([^)#\s]+)(?:#[^)]*)?\)/
    for file in try Repository.documentation() {
      for line in try Repository.lines(of: file) {
        for target in line.matches(of: link).map({ String($0.1) }) {
          // Addresses of other places, and pictures, which docc looks for by name.
          if target.contains(":") || !target.contains(".") { continue }
          let path = file.deletingLastPathComponent().appending(path: target).path
          #expect(
            FileManager.default.fileExists(atPath: path),
            "\(file.lastPathComponent) links to \(target), which is not there")
        }
      }
    }
  }

  @Test("of guides and scripts exist")
  func mentions() throws {
    let mention = /`((?:docs|scripts|Examples|Tests|Sources|Benchmarks)\/[A-Za-z0-9_.\/+-]+)[^`]*`/
    for file in try Repository.documentation() {
      for line in try Repository.lines(of: file) {
        for target in line.matches(of: mention).map({ String($0.1) }) {
          #expect(
            FileManager.default.fileExists(atPath: Repository.root.appending(path: target).path),
            "\(file.lastPathComponent) speaks of \(target), which is not there")
        }
      }
    }
  }
}

import Foundation
import Testing

/// Every `swift` block of README.md, docs/ and the DocC catalogues is the text of a snippet, and snippets are compiled with
/// these tests: what the documentation shows is what compiles.
@Suite("Swift in the documentation")
struct SnippetTests {
  @Test("is that of a snippet which compiles")
  func blocks() throws {
    let snippets = try Snippet.all()
    for block in try DocumentationBlock.all() {
      let code = block.code
      let snippet = snippets.first { $0.text == code.text }
      guard let snippet else {
        Issue.record(
          """
          \(block.place) has a swift block that is no snippet. Put its lines (imports apart) between "// snippet" and \
          "// end of snippet" in a file of Tests/DocumentationTests/Snippets.
          """)
        continue
      }
      let missing = code.imports.subtracting(snippet.imports)
      #expect(missing.isEmpty, "\(block.place) imports what \(snippet.file) does not: \(missing)")
    }
  }

  @Test("has no snippet to spare")
  func snippets() throws {
    let texts = Set(try DocumentationBlock.all().map(\.code.text))
    for snippet in try Snippet.all() {
      #expect(
        texts.contains(snippet.text),
        "no documentation shows this snippet of \(snippet.file):\n\(snippet.text)")
    }
  }
}

/// A fenced `swift` block of a Markdown file.
private struct DocumentationBlock {
  /// File and line.
  let place: String
  let lines: [String]

  /// Imports at the top, and the rest.
  var code: (imports: Set<String>, text: String) {
    let rest = lines.drop { $0.hasPrefix("import ") || $0.isEmpty }
    let imports = lines.filter { $0.hasPrefix("import ") }
    return (Set(imports), rest.joined(separator: "\n"))
  }

  static func all() throws -> [Self] { try Repository.documentation().flatMap(blocks(of:)) }

  private static func blocks(of file: URL) throws -> [Self] {
    var blocks: [Self] = []
    var open: (line: Int, lines: [String])?
    for (number, line) in try Repository.lines(of: file).enumerated() {
      if let (first, lines) = open {
        if line == "```" {
          blocks.append(Self(place: "\(file.lastPathComponent):\(first)", lines: lines))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if line == "```swift" {
        open = (number + 1, [])
      }
    }
    return blocks
  }
}

/// What stands between the markers in a Swift file.
private struct Snippet {
  let file: String
  let imports: Set<String>
  /// Without the indentation that all lines share.
  let text: String

  static func all() throws -> [Self] {
    let folder = Repository.root.appending(path: "Tests/DocumentationTests/Snippets")
    return try Repository.files(below: folder, ending: ".swift").flatMap(snippets(of:))
  }

  private static func snippets(of file: URL) throws -> [Self] {
    let lines = try Repository.lines(of: file)
    let imports = Set(lines.filter { $0.hasPrefix("import ") })
    var snippets: [Self] = []
    var open: [String]?
    for line in lines {
      switch line.trimmingCharacters(in: .whitespaces) {
      case "// snippet": open = []
      case "// end of snippet":
        let text = withoutIndentation(open ?? []).joined(separator: "\n")
        snippets.append(Self(file: file.lastPathComponent, imports: imports, text: text))
        open = nil
      default: open?.append(line)
      }
    }
    #expect(open == nil, "\(file.lastPathComponent) has a snippet without an end")
    return snippets
  }

  private static func withoutIndentation(_ lines: [String]) -> [String] {
    let widths = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }
    return lines.map { String($0.dropFirst(widths.min() ?? 0)) }
  }
}

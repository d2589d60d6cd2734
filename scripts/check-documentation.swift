// Tells which public symbols have no documentation comment, and fails where there are any:
//
//     scripts/symbol-graphs folder && swift scripts/check-documentation.swift folder
//
// The rule of swift format looks for the word `public`, and so passes over requirements of protocols, cases, and members
// of public extensions. The compiler's symbol graphs know them all. Symbols that a comment comes to from a protocol's
// requirement count as documented.

import Foundation

struct SymbolGraph: Decodable {
  struct Symbol: Decodable {
    struct Comment: Decodable {
      struct Line: Decodable { let text: String }
      let lines: [Line]
    }
    struct Location: Decodable {
      struct Position: Decodable { let line: Int }
      let uri: String
      let position: Position
    }
    let pathComponents: [String]
    let docComment: Comment?
    let location: Location?

    var isDocumented: Bool {
      docComment?.lines.contains { !$0.text.allSatisfy(\.isWhitespace) } ?? false
    }

    var place: String {
      guard let location else { return "somewhere" }
      let path = URL(string: location.uri)?.path ?? location.uri
      let root = FileManager.default.currentDirectoryPath + "/"
      return "\(path.replacing(root, with: "")):\(location.position.line + 1)"
    }
  }

  let symbols: [Symbol]
}

guard CommandLine.arguments.count == 2 else {
  fatalError("usage: swift scripts/check-documentation.swift folder-of-symbol-graphs")
}
let folder = URL(filePath: CommandLine.arguments[1])
let graphs = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
  .filter { $0.hasSuffix(".symbols.json") }
var symbolCount = 0
var undocumented: [String] = []
for path in graphs {
  let data = try Data(contentsOf: folder.appending(path: path))
  let symbols = try JSONDecoder().decode(SymbolGraph.self, from: data).symbols
  symbolCount += symbols.count
  undocumented += symbols.filter { !$0.isDocumented }.map {
    "\($0.place): error: \($0.pathComponents.joined(separator: ".")) has no documentation comment"
  }
}
for line in undocumented.sorted() { print(line) }
print("\(symbolCount - undocumented.count) of \(symbolCount) public symbols are documented")
// Without symbols something is wrong with the graphs.
exit(undocumented.isEmpty && symbolCount > 0 ? 0 : 1)

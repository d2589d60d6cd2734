/// What a case adds to the report.
struct Section {
  /// A picture, written beside the report.
  struct Figure {
    let name: String
    let description: String
    let svg: String
  }

  let title: String
  /// What was measured, how, and what to take from it.
  let introduction: String
  /// Tables with their titles.
  var tables: [(title: String, table: Table)] = []
  var figure: Figure?
  /// Names, versions and BLAS kernels of what took part.
  private(set) var libraries: Set<String> = []
  /// Whether all results are right.
  private(set) var isSound = true

  init(_ title: String, _ introduction: String) {
    self.title = title
    self.introduction = introduction
  }

  /// Adds the table of a race.
  mutating func add(_ race: Race, _ columns: [Column]) {
    tables.append((race.title, race.table(columns)))
    note([race])
  }

  /// Notes what took part in races, and whether all results are right.
  mutating func note(_ races: [Race]) {
    for outcome in races.flatMap(\.outcomes) {
      if let library = outcome.library, let kernel = outcome.kernel {
        libraries.insert("\(library): \(kernel)")
      }
      if outcome.doubt != nil { isSound = false }
    }
  }

  /// The section in Markdown.
  var text: String {
    var parts = ["## \(title)", introduction]
    for (title, table) in tables { parts += ["**\(title)**", table.text] }
    if let figure { parts.append("![\(figure.description)](\(figure.name))") }
    return parts.joined(separator: "\n\n")
  }
}

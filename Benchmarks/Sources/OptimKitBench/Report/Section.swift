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
  /// Names and versions of what took part.
  var libraries: Set<String> = []
  /// Whether all results are right.
  var isSound = true

  init(_ title: String, _ introduction: String) {
    self.title = title
    self.introduction = introduction
  }

  /// Adds the table of a race.
  mutating func add(_ race: Race, _ columns: [Column]) {
    tables.append((race.title, race.table(columns)))
    libraries.formUnion(race.outcomes.compactMap(\.library))
    if race.outcomes.contains(where: { $0.doubt != nil }) { isSound = false }
  }

  /// The section in Markdown.
  var text: String {
    var parts = ["## \(title)", introduction]
    for (title, table) in tables { parts += ["**\(title)**", table.text] }
    if let figure { parts.append("![\(figure.description)](\(figure.name))") }
    return parts.joined(separator: "\n\n")
  }
}

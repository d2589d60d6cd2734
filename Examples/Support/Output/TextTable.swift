/// A table in plain text: the first column to the left, the others to the right.
package struct TextTable: Sendable {
  private let header: [String]
  private var rows: [[String]] = []

  /// Creates a table without rows.
  package init(_ header: [String]) { self.header = header }

  /// Adds a row; cells that are missing stay empty.
  ///
  /// - Precondition: There are no more cells than columns.
  package mutating func append(_ row: [String]) {
    precondition(row.count <= header.count, "a row has more cells than the table has columns")
    rows.append(row + Array(repeating: "", count: header.count - row.count))
  }

  /// The table, one line a row, with a rule below the header.
  package var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }
      let text = padded.joined(separator: "  ")
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([line(header), line(rule)] + rows.map(line)).joined(separator: "\n")
  }
}

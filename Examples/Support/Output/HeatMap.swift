/// A function on a square as coloured cells of an SVG drawing.
package struct HeatMap: Sendable {
  let title: String
  /// Row after row from below, as many rows as columns.
  let values: [Double]
  /// The values, at each end of the scale of colours.
  let range: ClosedRange<Double>

  /// Creates a map of as many rows as columns of values.
  package init(title: String, values: [Double], range: ClosedRange<Double>) {
    self.title = title
    self.values = values
    self.range = range
  }

  /// A drawing of maps beside each other.
  package static func drawing(_ maps: [HeatMap], title: String) -> String {
    let groups = maps.enumerated().map { $1.group(x: 340 * Double($0)) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -6 \(340 * maps.count - 20) 364" role="img" \
      font-family="sans-serif" font-size="12" shape-rendering="crispEdges">
      <title>\(title)</title>
      \(groups.joined(separator: "\n"))
      </svg>

      """
  }

  /// The cells of a row.
  private var order: Int { Int(Double(values.count).squareRoot()) }

  private static let side = 300.0

  /// Ends of the scale from dark to bright, and colours in between.
  private static let colors: [(Double, Double, Double)] = [
    (48, 18, 59), (70, 107, 227), (40, 187, 236), (49, 242, 153), (162, 252, 60),
    (237, 208, 58), (251, 128, 34), (210, 49, 5), (122, 4, 3),
  ]

  /// The drawing as a group whose upper left corner is at (`x`, 0), of 300 × 350 units.
  private func group(x: Double) -> String {
    let cell = Self.side / Double(order)
    var parts = [
      "<g transform=\"translate(\(x.decimals(0)) 0)\">",
      "<text x=\"0\" y=\"16\" font-size=\"14\">\(title)</text>",
    ]
    for (index, value) in values.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: order)
      let left = Double(column) * cell
      let top = 24 + Self.side - Double(row + 1) * cell
      parts.append(
        "<rect x=\"\(left.decimals(1))\" y=\"\(top.decimals(1))\" width=\"\((cell + 0.3).decimals(1))\" "
          + "height=\"\((cell + 0.3).decimals(1))\" fill=\"\(color(of: value))\"/>")
    }
    parts.append(
      "<text x=\"0\" y=\"344\">\(range.lowerBound.significant(3)) (dark blue) to "
        + "\(range.upperBound.significant(3)) (dark red)</text></g>")
    return parts.joined(separator: "\n")
  }

  private func color(of value: Double) -> String {
    let width = range.upperBound - range.lowerBound
    let position = width > 0 ? (value - range.lowerBound) / width : 0.5
    guard position.isFinite else { return "#888" }
    let scaled = min(max(position, 0), 1) * Double(Self.colors.count - 1)
    let index = min(Int(scaled), Self.colors.count - 2)
    let rest = scaled - Double(index)
    let (low, high) = (Self.colors[index], Self.colors[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + rest * (b - a)).rounded()) }
    return
      "rgb(\(mixed(low.0, high.0)),\(mixed(low.1, high.1)),\(mixed(low.2, high.2)))"
  }
}

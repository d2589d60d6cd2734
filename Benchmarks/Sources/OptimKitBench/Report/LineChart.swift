import Foundation

/// Lines on logarithmic axes, in SVG.
struct LineChart {
  struct Line {
    let name: String
    let points: [(x: Double, y: Double)]
  }

  /// One pair of axes with its lines.
  struct Panel {
    let title: String
    let horizontal: String
    let vertical: String
    let lines: [Line]
  }

  let panels: [Panel]

  private static let panelWidth = 420.0
  private static let height = 340.0
  private static let colors = ["#0b6fa4", "#c1440e", "#4d7c0f", "#6b21a8"]

  /// The picture.
  var svg: String {
    let width = Self.panelWidth * Double(panels.count)
    let body = panels.enumerated().map { index, panel in
      "<g transform=\"translate(\(Self.number(Double(index) * Self.panelWidth)),0)\">\n"
        + Self.text(of: panel) + "\n</g>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(width)) \(Self.number(Self.height))" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private static func text(of panel: Panel) -> String {
    let points = panel.lines.flatMap(\.points)
    guard let xs = Axis(points.map(\.x), base: 2, from: 64, to: panelWidth - 20),
      let ys = Axis(points.map(\.y), base: 10, from: height - 50, to: 40)
    else { return "" }
    var parts = [
      label(panel.title, x: (xs.start + xs.end) / 2, y: 22, anchor: "middle", weight: "bold"),
      label(panel.horizontal, x: (xs.start + xs.end) / 2, y: height - 10, anchor: "middle"),
      "<g transform=\"translate(14,\(number((ys.start + ys.end) / 2))) rotate(-90)\">"
        + label(panel.vertical, x: 0, y: 0, anchor: "middle") + "</g>",
    ]
    for tick in xs.ticks {
      parts.append(rule(xs.place(tick.value), ys.start, xs.place(tick.value), ys.end))
      parts.append(label(tick.name, x: xs.place(tick.value), y: ys.start + 16, anchor: "middle"))
    }
    for tick in ys.ticks {
      parts.append(rule(xs.start, ys.place(tick.value), xs.end, ys.place(tick.value)))
      parts.append(label(tick.name, x: xs.start - 6, y: ys.place(tick.value) + 4, anchor: "end"))
    }
    for (index, line) in panel.lines.enumerated() {
      let color = colors[index % colors.count]
      let places = line.points.map { (xs.place($0.x), ys.place($0.y)) }
      let path = places.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
      parts.append(
        "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>")
      parts += places.map {
        "<circle cx=\"\(number($0.0))\" cy=\"\(number($0.1))\" r=\"3\" fill=\"\(color)\"/>"
      }
      let y = ys.end + 16 + 16 * Double(index)
      parts.append(
        "<rect x=\"\(number(xs.start + 10))\" y=\"\(number(y - 8))\" width=\"14\" height=\"4\" "
          + "fill=\"\(color)\"/>")
      parts.append(label(line.name, x: xs.start + 30, y: y))
    }
    return parts.joined(separator: "\n")
  }

  private static func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "stroke=\"#ddd\"/>"
  }

  private static func label(
    _ text: String, x: Double, y: Double, anchor: String = "start", weight: String = "normal"
  ) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" "
      + "font-weight=\"\(weight)\">\(escaped)</text>"
  }

  fileprivate static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// A logarithmic axis between whole powers of its base.
private struct Axis {
  let start: Double
  let end: Double
  private let base: Double
  private let exponents: ClosedRange<Int>

  /// An axis that covers the values, between two pixels; nil without positive values.
  init?(_ values: [Double], base: Double, from start: Double, to end: Double) {
    guard let least = values.min(), let largest = values.max(), least > 0 else { return nil }
    let first = Int((log(least) / log(base) + 1e-9).rounded(.down))
    exponents = first...max(first + 1, Int((log(largest) / log(base) - 1e-9).rounded(.up)))
    self.base = base
    self.start = start
    self.end = end
  }

  func place(_ value: Double) -> Double {
    let position = log(value) / log(base) - Double(exponents.lowerBound)
    return start + (end - start) * position / Double(exponents.count - 1)
  }

  var ticks: [(value: Double, name: String)] {
    exponents.map { exponent in
      let value = pow(base, Double(exponent))
      return (value, base == 2 ? "2^\(exponent)" : String(format: "%g", value))
    }
  }
}

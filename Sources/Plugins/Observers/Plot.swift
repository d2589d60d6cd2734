import Foundation

/// A small plot as SVG: lines or bars over iterations, over sizes, or over categories.
package struct Plot: Sendable {
  /// One line, or one row of bars.
  package struct Series: Sendable {
    package let name: String
    /// x and y; what is not finite, or not positive on a logarithmic scale, is left out.
    package let points: [(x: Double, y: Double)]

    /// Creates a line or a row of bars.
    package init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  /// What is drawn.
  package let title: String
  /// What the horizontal axis shows.
  package let horizontalName: String
  let isLogarithmic: Bool
  let isHorizontallyLogarithmic: Bool
  let isBars: Bool
  /// The lines, or rows of bars.
  package let series: [Series]

  /// Creates a plot.
  ///
  /// - Parameters:
  ///   - isLogarithmic: Whether the vertical axis is logarithmic.
  ///   - isHorizontallyLogarithmic: Whether the horizontal axis is; its ticks are the places of points then.
  ///   - isBars: Whether series are drawn as bars instead of lines.
  package init(
    title: String, horizontalName: String, isLogarithmic: Bool = false,
    isHorizontallyLogarithmic: Bool = false, isBars: Bool = false, series: [Series]
  ) {
    self.title = title
    self.horizontalName = horizontalName
    self.isLogarithmic = isLogarithmic
    self.isHorizontallyLogarithmic = isHorizontallyLogarithmic
    self.isBars = isBars
    self.series = series
  }

  private static let width = 720.0
  private static let height = 300.0
  private static let frame = (left: 70.0, right: 20.0, top: 34.0, bottom: 44.0)
  private static let colors = ["#1f5fa8", "#c4541a", "#2e7d4f", "#7b3fa0", "#8a6d00"]

  /// The plot as an element that stands alone or within HTML.
  package var svg: String {
    let shown = series.map { series in
      Series(
        name: series.name,
        points: series.points.compactMap { point in
          guard point.x.isFinite, point.y.isFinite, !isLogarithmic || point.y > 0,
            !isHorizontallyLogarithmic || point.x > 0
          else { return nil }
          return (
            isHorizontallyLogarithmic ? log10(point.x) : point.x,
            isLogarithmic ? log10(point.y) : point.y
          )
        })
    }
    let all = shown.flatMap(\.points)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" "
        + "role=\"img\" font-family=\"sans-serif\" font-size=\"12\">",
      "<title>\(title.escapedForMarkup)</title>",
      "<text x=\"\(Self.frame.left)\" y=\"18\" font-size=\"14\">\(title.escapedForMarkup)</text>",
    ]
    if all.isEmpty {
      parts.append("<text x=\"\(Self.frame.left)\" y=\"80\">no data</text>")
    } else {
      let scale = Scale(
        all, isLogarithmic: isLogarithmic, isHorizontallyLogarithmic: isHorizontallyLogarithmic,
        isBars: isBars, width: Self.width, height: Self.height, frame: Self.frame)
      parts.append(axes(scale))
      for (number, series) in shown.enumerated() {
        let color = Self.colors[number % Self.colors.count]
        parts.append(isBars ? bars(series, scale, color) : line(series, scale, color))
        if shown.count > 1 || !isBars {
          parts.append(
            "<text x=\"\(Self.width - Self.frame.right)\" y=\"\(18 + 15 * number)\" "
              + "text-anchor=\"end\" fill=\"\(color)\">\(series.name.escapedForMarkup)</text>")
        }
      }
    }
    return (parts + ["</svg>"]).joined(separator: "\n")
  }

  private func axes(_ scale: Scale) -> String {
    var parts: [String] = []
    for (value, text) in scale.verticalTicks {
      let y = Self.text(scale.y(value))
      parts.append(
        "<line x1=\"\(Self.frame.left)\" x2=\"\(Self.width - Self.frame.right)\" "
          + "y1=\"\(y)\" y2=\"\(y)\" stroke=\"#ddd\"/>"
          + "<text x=\"\(Self.frame.left - 6)\" y=\"\(y)\" text-anchor=\"end\" "
          + "dominant-baseline=\"middle\">\(text)</text>")
    }
    let bottom = Self.height - Self.frame.bottom
    for (value, text) in scale.horizontalTicks {
      parts.append(
        "<text x=\"\(Self.text(scale.x(value)))\" y=\"\(bottom + 16)\" text-anchor=\"middle\">"
          + "\(text)</text>")
    }
    parts.append(
      "<line x1=\"\(Self.frame.left)\" x2=\"\(Self.width - Self.frame.right)\" y1=\"\(bottom)\" "
        + "y2=\"\(bottom)\" stroke=\"#444\"/>"
        + "<text x=\"\(Self.width / 2)\" y=\"\(Self.height - 8)\" text-anchor=\"middle\">"
        + "\(horizontalName.escapedForMarkup)</text>")
    return parts.joined(separator: "\n")
  }

  private func line(_ series: Series, _ scale: Scale, _ color: String) -> String {
    let points = series.points.map { "\(Self.text(scale.x($0.x))),\(Self.text(scale.y($0.y)))" }
    let marks =
      points.count > 100
      ? ""
      : series.points.map {
        "<circle cx=\"\(Self.text(scale.x($0.x)))\" cy=\"\(Self.text(scale.y($0.y)))\" r=\"2.5\" "
          + "fill=\"\(color)\"/>"
      }.joined()
    return "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" "
      + "stroke=\"\(color)\" stroke-width=\"1.8\"/>\(marks)"
  }

  private func bars(_ series: Series, _ scale: Scale, _ color: String) -> String {
    let bottom = Self.height - Self.frame.bottom
    return series.points.map { point in
      let y = scale.y(point.y)
      return
        "<rect x=\"\(Self.text(scale.x(point.x) - scale.barWidth / 2))\" y=\"\(Self.text(y))\" "
        + "width=\"\(Self.text(scale.barWidth))\" height=\"\(Self.text(max(0, bottom - y)))\" "
        + "fill=\"\(color)\"/>"
    }.joined(separator: "\n")
  }

  static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// Where numbers are in a plot.
private struct Scale {
  private let low: (x: Double, y: Double)
  private let high: (x: Double, y: Double)
  private let size: (width: Double, height: Double)
  private let frame: (left: Double, right: Double, top: Double, bottom: Double)
  private let isLogarithmic: Bool
  /// Places of points, in ascending order, where the horizontal axis is logarithmic.
  private let places: [Double]?

  init(
    _ points: [(x: Double, y: Double)], isLogarithmic: Bool, isHorizontallyLogarithmic: Bool,
    isBars: Bool, width: Double, height: Double,
    frame: (left: Double, right: Double, top: Double, bottom: Double)
  ) {
    let xs = points.map(\.x)
    places = isHorizontallyLogarithmic ? Set(xs).sorted() : nil
    let ys = points.map(\.y)
    let margin = isBars ? 0.5 : 0
    var lowest = isBars ? 0 : ys.min() ?? 0
    var highest = ys.max() ?? 1
    if isLogarithmic {
      lowest = lowest.rounded(.down)
      highest = highest.rounded(.up)
    }
    if highest - lowest < 1e-12 * max(1, abs(highest)) { highest = lowest + max(1, abs(lowest)) }
    low = ((xs.min() ?? 0) - margin, lowest)
    let shortest = isHorizontallyLogarithmic ? 0.1 : 1
    high = (max((xs.max() ?? 1) + margin, (xs.min() ?? 0) + shortest), highest)
    size = (width, height)
    self.frame = frame
    self.isLogarithmic = isLogarithmic
  }

  func x(_ value: Double) -> Double {
    frame.left + (value - low.x) / (high.x - low.x) * (size.width - frame.left - frame.right)
  }

  func y(_ value: Double) -> Double {
    size.height - frame.bottom
      - (value - low.y) / (high.y - low.y) * (size.height - frame.top - frame.bottom)
  }

  var barWidth: Double { max(1, 0.8 * (x(low.x + 1) - x(low.x))) }

  var horizontalTicks: [(value: Double, text: String)] {
    if let places {
      let step = (places.count + 9) / 10
      return stride(from: 0, to: places.count, by: step).map {
        (places[$0], String(format: "%.6g", pow(10, places[$0])))
      }
    }
    let step = max(1, ((high.x - low.x) / 10).rounded(.up))
    return stride(from: low.x.rounded(.up), through: high.x, by: step).map { ($0, "\(Int($0))") }
  }

  var verticalTicks: [(value: Double, text: String)] {
    if isLogarithmic {
      let step = max(1, ((high.y - low.y) / 6).rounded(.up))
      // Multiples of the step, so that 1 is among them.
      let first = (low.y / step).rounded(.up) * step
      return stride(from: first, through: high.y, by: step).map { ($0, "1e\(Int($0))") }
    }
    return (0...4).map { number in
      let value = low.y + (high.y - low.y) * Double(number) / 4
      return (value, String(format: "%.3g", value))
    }
  }
}

extension String {
  /// The text for HTML and SVG.
  package var escapedForMarkup: String {
    var result = ""
    for character in unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

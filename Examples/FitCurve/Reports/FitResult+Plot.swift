import ExampleSupport
import Foundation
import OptimKit

extension FitResult {
  /// Draws the data, the curve, and the bands of its mean and of further observations where they are known.
  ///
  /// - Throws: `OptimKitError` where the file cannot be written; what evaluating the curve throws.
  func writePlot(to file: OutputFile) throws {
    let (left, right) = (problem.curve.x.min() ?? 0, problem.curve.x.max() ?? 1)
    let places = (0...300).map { left + (right - left) * Double($0) / 300 }
    let model = problem.curve.at(places).model
    var values = Double.zeros(places.count)
    var span = values.mutableSpan
    try model.evaluate(at: parameters.span, into: &span)
    let drawing = CurveDrawing(
      title: "\(problem.name), residual sum of squares \(residualSumOfSquares.significant(6))",
      points: Array(zip(problem.curve.x, problem.y)), places: places, values: values,
      bands: try statistics?.bands(of: model))
    do {
      try Data(drawing.svg.utf8).write(to: file.url, options: .atomic)
    } catch {
      throw OptimKitError(
        .unwritableFile,
        cause: "\(file.url.path) cannot be written: \(error.localizedDescription)",
        remedy: "check that the folder exists and is writable")
    }
  }
}

/// Points, a curve, and bands about it, as SVG.
private struct CurveDrawing {
  let title: String
  let points: [(Double, Double)]
  let places: [Double]
  let values: [Double]
  let bands: [PredictionBand]?

  private static let size = (width: 720.0, height: 420.0)
  private static let frame = (left: 76.0, right: 16.0, top: 34.0, bottom: 34.0)

  private var horizontal: ClosedRange<Double> { Self.range(places + points.map(\.0)) }

  private var vertical: ClosedRange<Double> {
    let ends = (bands ?? []).flatMap { [$0.prediction.lowerBound, $0.prediction.upperBound] }
    return Self.range(points.map(\.1) + values + ends)
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    return high > low ? low...high : low - 1...low + 1
  }

  private func x(_ value: Double) -> Double {
    let (range, width) = (horizontal, Self.size.width - Self.frame.left - Self.frame.right)
    return Self.frame.left
      + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * width
  }

  private func y(_ value: Double) -> Double {
    let (range, height) = (vertical, Self.size.height - Self.frame.top - Self.frame.bottom)
    return Self.size.height - Self.frame.bottom
      - (value - range.lowerBound) / (range.upperBound - range.lowerBound) * height
  }

  private func path(_ places: [Double], _ values: [Double]) -> String {
    zip(places, values).filter { $1.isFinite }
      .map { "\(x($0).decimals(1)),\(y($1).decimals(1))" }.joined(separator: " ")
  }

  private func band(_ range: (PredictionBand) -> ClosedRange<Double>, _ color: String) -> String {
    guard let bands else { return "" }
    let (upper, lower) = (bands.map { range($0).upperBound }, bands.map { range($0).lowerBound })
    return "<polygon points=\"\(path(places, upper)) "
      + "\(path(places.reversed(), lower.reversed()))\" fill=\"\(color)\"/>"
  }

  private var axes: String {
    let (left, bottom) = (Self.frame.left, Self.size.height - Self.frame.bottom)
    let ticks = (0...4).flatMap { number -> [String] in
      let part = Double(number) / 4
      let (h, v) = (
        horizontal.lowerBound + part * (horizontal.upperBound - horizontal.lowerBound),
        vertical.lowerBound + part * (vertical.upperBound - vertical.lowerBound)
      )
      return [
        "<text x=\"\(x(h).decimals(1))\" y=\"\(bottom + 18)\" text-anchor=\"middle\">"
          + "\(h.significant(4))</text>",
        "<line x1=\"\(left)\" x2=\"\(Self.size.width - Self.frame.right)\" "
          + "y1=\"\(y(v).decimals(1))\" y2=\"\(y(v).decimals(1))\" stroke=\"#e2e2e2\"/>"
          + "<text x=\"\(left - 6)\" y=\"\(y(v).decimals(1))\" text-anchor=\"end\" "
          + "dominant-baseline=\"middle\">\(v.significant(4))</text>",
      ]
    }
    return ticks.joined(separator: "\n")
  }

  var svg: String {
    let circles = points.map {
      "<circle cx=\"\(x($0.0).decimals(1))\" cy=\"\(y($0.1).decimals(1))\" r=\"2.5\" fill=\"#333\"/>"
    }
    let legend =
      bands == nil ? "" : ", with 95 % bands of the mean (dark) and of further observations (light)"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" role="img" \
      font-family="sans-serif" font-size="12">
      <title>\(title.escaped)</title>
      <text x="\(Self.frame.left)" y="18" font-size="13">\(title.escaped)\(legend)</text>
      \(axes)
      \(band(\.prediction, "#dce8f5"))
      \(band(\.confidence, "#a9c8e8"))
      <polyline points="\(path(places, values))" fill="none" stroke="#1f5fa8" stroke-width="1.8"/>
      \(circles.joined(separator: "\n"))
      </svg>

      """
  }
}

extension String {
  /// The text for SVG.
  fileprivate var escaped: String {
    replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}

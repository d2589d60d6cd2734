import Foundation

/// A line y ≈ intercept + slope · x, fitted by least squares.
package struct LineFit: Sendable {
  /// The slope.
  package let slope: Double
  /// y at x = 0.
  package let intercept: Double
  /// R², the share of the variance of y that the line explains.
  package let determination: Double

  /// Fits points; all NaN with fewer than two places x.
  package init(_ points: [(x: Double, y: Double)]) {
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    let covariance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
    let varianceX = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    let varianceY = points.reduce(0) { $0 + ($1.y - meanY) * ($1.y - meanY) }
    slope = varianceX > 0 ? covariance / varianceX : .nan
    intercept = meanY - slope * meanX
    determination = varianceY > 0 ? covariance * covariance / (varianceX * varianceY) : .nan
  }

  /// Fits y ≈ c · xᵉ on logarithmic scales: `slope` is the exponent e.
  package static func powerLaw(_ points: [(x: Double, y: Double)]) -> Self {
    Self(points.map { (log($0.x), log($0.y)) })
  }
}
